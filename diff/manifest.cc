#include "diff/manifest.h"

#include <algorithm>

namespace holdfast {
namespace {

/// FNV-1a, 64 bits. A collision would only name a wrong line.
std::uint64_t HashOf(std::string_view text) {
  std::uint64_t hash = 14695981039346656037ULL;
  for (const char c : text) {
    hash ^= static_cast<unsigned char>(c);
    hash *= 1099511628211ULL;
  }
  return hash;
}

}  // namespace

void LineMap::Add(std::string_view pointer, int line) {
  lines_.emplace_back(HashOf(pointer), line);
}

void LineMap::Seal() {
  std::sort(lines_.begin(), lines_.end());
  lines_.shrink_to_fit();
}

int LineMap::LineOf(std::string_view pointer) const {
  while (true) {
    const std::pair<std::uint64_t, int> wanted(HashOf(pointer), 0);
    const auto found = std::lower_bound(lines_.begin(), lines_.end(), wanted);
    if (found != lines_.end() && found->first == wanted.first) return found->second;
    if (pointer.empty()) return 0;
    pointer = pointer.substr(0, pointer.rfind('/'));
  }
}

std::string Manifest::WhereIs(std::string_view pointer) const {
  const int line = lines == nullptr ? 0 : lines->LineOf(pointer);
  return line == 0 ? source.ToString() : source.path + ":" + std::to_string(line);
}

}  // namespace holdfast
