#include "apply/openapi_cache.h"

#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>

namespace holdfast {
namespace {

namespace fs = std::filesystem;

/// The server's hashes have 128 digits.
constexpr std::size_t kLongestHash = 200;

bool IsPlainName(std::string_view hash) {
  return !hash.empty() && hash.size() <= kLongestHash &&
         std::all_of(hash.begin(), hash.end(),
                     [](unsigned char c) { return std::isalnum(c) != 0; });
}

/// A name that no other writer has.
std::string Beside(const std::string& file) {
  static std::atomic<int> next{0};
  return file + "." + std::to_string(getpid()) + "." + std::to_string(next++);
}

}  // namespace

std::string OpenApiCache::FileOf(std::string_view hash) const {
  if (folder_.empty() || !IsPlainName(hash)) return {};
  return folder_ + "/" + std::string(hash) + ".json";
}

std::optional<Json> OpenApiCache::Load(std::string_view hash) const {
  const std::string name = FileOf(hash);
  if (name.empty()) return std::nullopt;
  std::ifstream file(name, std::ios::binary);
  if (!file) return std::nullopt;
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  auto json = ParseJson(text);
  if (!json.ok()) return std::nullopt;
  return std::move(json).value();
}

void OpenApiCache::Store(std::string_view hash, const Json& document) const {
  const std::string name = FileOf(hash);
  if (name.empty()) return;
  std::error_code error;
  fs::create_directories(folder_, error);
  if (error) return;
  const std::string beside = Beside(name);
  {
    std::ofstream file(beside, std::ios::binary);
    file << DumpJson(document);
    file.close();
    if (!file) {
      fs::remove(beside, error);
      return;
    }
  }
  fs::rename(beside, name, error);
  if (error) fs::remove(beside, error);
}

}  // namespace holdfast
