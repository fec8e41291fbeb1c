// Whatever the bytes: the parser comes back, what it accepts is JSON that its
// own text means again, and every error stands within the text.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "diff/json.h"
#include "repo-layout/json_file.h"
#include "repo-layout/yaml.h"

namespace {

void Check(const holdfast::YamlFile& file) {
  for (const auto& document : file.documents) {
    const auto again = holdfast::ParseJson(holdfast::DumpJson(document.json));
    if (!again.ok() || *again != document.json) std::abort();
    if (document.number < 1 || document.line < 1) std::abort();
  }
  for (const auto& error : file.errors) {
    if (error.line < 1 || error.column < 1 || error.message.empty()) std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  // A small budget, so that the time goes into new inputs and not into copies.
  Check(holdfast::ParseYaml(bytes, {.alias_bytes = 64 * 1024}));
  Check(holdfast::ParseJsonFile(bytes));
  return 0;
}
