// The seeds of the fuzzers, as ordinary tests in every build. A crash that a
// fuzzer finds becomes a seed, and so a test.

#include <doctest/doctest.h>

#include <cstddef>
#include <cstdint>

#include "tests/diff/fixture.h"

// The fuzzers' own entries, renamed for this program (CMakeLists.txt).
extern "C" int FuzzQuantity(const std::uint8_t* data, std::size_t size);
extern "C" int FuzzFieldPath(const std::uint8_t* data, std::size_t size);
extern "C" int FuzzManagedFields(const std::uint8_t* data, std::size_t size);
extern "C" int FuzzJsonCompare(const std::uint8_t* data, std::size_t size);
extern "C" int FuzzOpenApi(const std::uint8_t* data, std::size_t size);

namespace holdfast {
namespace {

const std::string kSeeds = HOLDFAST_FUZZ_SEEDS;

void Replay(const std::string& name, int (*target)(const std::uint8_t*, std::size_t)) {
  const std::string folder = kSeeds + "/" + name;
  const auto files = FilesIn(folder);
  REQUIRE_FALSE(files.empty());
  for (const std::string& file : files) {
    CAPTURE(file);
    const std::string bytes = ReadFile(folder + "/" + file);
    // A broken property ends the program.
    CHECK(target(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()) == 0);
  }
}

TEST_CASE("seeds of the quantity fuzzer") { Replay("quantity", FuzzQuantity); }
TEST_CASE("seeds of the field path fuzzer") { Replay("field_path", FuzzFieldPath); }
TEST_CASE("seeds of the managedFields fuzzer") {
  Replay("managed_fields", FuzzManagedFields);
}
TEST_CASE("seeds of the comparison fuzzer") { Replay("json_compare", FuzzJsonCompare); }

TEST_CASE("seeds of the OpenAPI fuzzer") { Replay("openapi", FuzzOpenApi); }

}  // namespace
}  // namespace holdfast
