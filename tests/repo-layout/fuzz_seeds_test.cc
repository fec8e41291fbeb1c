// The seeds of the YAML fuzzer, as an ordinary test in every build. A crash
// that the fuzzer finds becomes a seed, and so a test.

#include <doctest/doctest.h>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

// The fuzzer's own entry, renamed for this program (CMakeLists.txt).
extern "C" int FuzzYaml(const std::uint8_t* data, std::size_t size);

namespace {

TEST_CASE("seeds of the YAML fuzzer") {
  int seeds = 0;
  for (const auto& entry : std::filesystem::directory_iterator(HOLDFAST_YAML_SEEDS)) {
    const std::string file = entry.path().string();
    CAPTURE(file);
    std::ifstream stream(file, std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(stream), {}};
    // A broken property ends the program.
    CHECK(FuzzYaml(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()) ==
          0);
    ++seeds;
  }
  CHECK(seeds >= 8);
}

}  // namespace
