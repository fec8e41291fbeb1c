// Whatever the bytes: the parser comes back, what it accepts is JSON that its
// own text means again, is no deeper and no larger than its limits, and every
// error stands within the text.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "diff/json.h"
#include "repo-layout/json_file.h"
#include "repo-layout/yaml.h"

namespace {

// A small budget, so that the time goes into new inputs and not into copies.
constexpr holdfast::YamlLimits kLimits{
    .depth = 20, .nodes = 200, .alias_bytes = 16 * 1024};
constexpr std::size_t kCostOfValue = 48;

struct Size {
  int depth = 0;
  std::size_t values = 1;
};

Size SizeOf(const holdfast::Json& value) {
  Size size;
  if (!value.is_structured()) return size;
  for (const holdfast::Json& member : value) {
    const Size below = SizeOf(member);
    size.depth = std::max(size.depth, below.depth);
    size.values += below.values;
  }
  ++size.depth;
  return size;
}

void Require(bool holds) {
  if (!holds) std::abort();
}

void Check(const holdfast::YamlFile& file, std::string_view bytes) {
  const auto lines = 1 + std::count(bytes.begin(), bytes.end(), '\n');
  for (const auto& document : file.documents) {
    const auto again = holdfast::ParseJson(holdfast::DumpJson(document.json));
    Require(again.ok() && *again == document.json);
    Require(document.number >= 1 && document.line >= 1 && document.line <= lines);
    Require(document.lines != nullptr && document.lines->LineOf("") == document.line);
  }
  for (const auto& error : file.errors) {
    Require(error.line >= 1 && error.line <= lines + 1);
    Require(error.column >= 1 && !error.message.empty());
  }
}

void CheckLimits(const holdfast::YamlFile& file) {
  Require(file.unfolded <= kLimits.alias_bytes);
  for (const auto& document : file.documents) {
    const Size size = SizeOf(document.json);
    Require(size.depth <= kLimits.depth);
    Require(size.values <= kLimits.nodes + kLimits.alias_bytes / kCostOfValue);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto yaml = holdfast::ParseYaml(bytes, kLimits);
  // UTF-16 counts its lines in characters of two bytes.
  const bool wide = bytes.starts_with("\xff\xfe") || bytes.starts_with("\xfe\xff");
  if (!wide) Check(yaml, bytes);
  CheckLimits(yaml);
  Check(holdfast::ParseJsonFile(bytes), bytes);
  return 0;
}
