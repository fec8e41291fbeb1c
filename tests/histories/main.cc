// histories: random histories of a repository and its cluster, held against one
// invariant.
//
//   histories --kept FOLDER [--histories N] [--steps N] [--seed N]     in memory
//   histories --bed FOLDER [--histories N] [--steps N] [--seed N]      on a real control
//   plane histories --case FILE                                              one, with
//   its story
//
// Those that failed before are kept in FOLDER and played first. A history that fails is
// made as short as it can be and printed as a file for that folder. The last line is
// `N passed, N failed`.

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <memory>
#include <mutex>
#include <thread>

#include "apply/openapi_cache.h"
#include "tests/histories/world.h"
#include "tests/memory-cluster/memory_bed.h"
#include "tests/memory-cluster/real_bed.h"

namespace holdfast::histories {
namespace {

struct Arguments {
  std::string kept;
  std::string bed;
  std::string file;
  int histories = 10'000;
  int steps = 8;
  std::uint64_t seed = 0;
};

Arguments Read(int argc, char** argv) {
  Arguments arguments;
  arguments.seed = static_cast<std::uint64_t>(
      std::chrono::system_clock::now().time_since_epoch().count());
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string name = argv[i];
    const std::string value = argv[i + 1];
    if (name == "--kept") arguments.kept = value;
    if (name == "--bed") arguments.bed = value;
    if (name == "--case") arguments.file = value;
    if (name == "--histories") arguments.histories = std::atoi(value.c_str());
    if (name == "--steps") arguments.steps = std::atoi(value.c_str());
    if (name == "--seed") arguments.seed = std::strtoull(value.c_str(), nullptr, 10);
  }
  return arguments;
}

ServerSchema& TheSchema() {
  static ServerSchema schema{OpenApiCache("")};
  return schema;
}

struct Played {
  std::optional<std::string> broken;
  std::vector<std::string> story;
};

Played PlayOn(World& world, const History& history, Tally& tally) {
  Played played;
  for (const Step& step : history.steps) {
    played.broken = world.Play(step);
    if (played.broken) break;
  }
  if (!played.broken) played.broken = world.End();
  for (const auto& [what, count] : world.tally()) tally[what] += count;
  played.story = world.story();
  return played;
}

Played PlayInMemory(const History& history, Tally& tally) {
  // Before a request of ours the controllers may have done this much.
  constexpr std::size_t kPace = 2;
  memory::MemoryBed bed(history.seed, kPace);
  World world(
      bed, bed.clock(), TheSchema(),
      {.prefix = "h",
       .base = history.base,
       .pass_time = [&](std::chrono::milliseconds by) { bed.clock().Advance(by); },
       .timeout = std::chrono::milliseconds(2'000)});
  return PlayOn(world, history, tally);
}

void PrintStory(const Played& played) {
  for (const std::string& line : played.story) std::cout << "    " << line << "\n";
  if (played.broken) std::cout << "  " << *played.broken << "\n";
}

/// Prints it at its shortest, as a file to be kept.
void PrintFailure(const History& history) {
  Tally ignored;
  const History shortest = Shrink(
      history, [&](const History& one) { return PlayInMemory(one, ignored).broken; });
  const Played played = PlayInMemory(shortest, ignored);
  std::cout << "\nFAILED: " << played.broken.value_or("not any more") << "\n# "
            << played.broken.value_or("") << "\n"
            << shortest.ToText();
  PrintStory(played);
}

Result<History> ReadHistory(const std::string& path) {
  std::ifstream file(path);
  if (!file) return NotFound("cannot read " + path);
  return History::Parse(std::string{std::istreambuf_iterator<char>(file), {}});
}

void Print(const Tally& tally) {
  for (const auto& [what, count] : tally)
    std::cout << "  " << count << "  " << what << "\n";
}

int End(int passed, int failed) {
  std::cout << passed << " passed, " << failed << " failed\n";
  return failed == 0 ? 0 : 1;
}

int InMemory(const Arguments& arguments) {
  Tally tally;
  int passed = 0;
  int failed = 0;
  const auto play = [&](const History& history) {
    if (!PlayInMemory(history, tally).broken) {
      ++passed;
      return;
    }
    // Each is shortened, which takes its time; the first few tell enough.
    constexpr int kMostPrinted = 5;
    if (failed++ < kMostPrinted) PrintFailure(history);
  };
  if (!arguments.kept.empty()) {
    std::vector<std::string> paths;
    for (const auto& entry : std::filesystem::directory_iterator(arguments.kept)) {
      paths.push_back(entry.path().string());
    }
    std::sort(paths.begin(), paths.end());
    for (const std::string& path : paths) {
      const auto history = ReadHistory(path);
      if (history.ok()) {
        play(*history);
      } else {
        std::cout << path << ": " << history.error().message << "\n";
        ++failed;
      }
    }
  }
  Random random(arguments.seed);
  for (int i = 0; i < arguments.histories; ++i) {
    play(Draw(random, 1 + random.Below(static_cast<std::size_t>(2 * arguments.steps))));
  }
  Print(tally);
  return End(passed, failed);
}

/// A failure here is printed with its story; shortening it would take hours. Histories
/// are played side by side: most of their time is waiting.
int OnBed(const Arguments& arguments) {
  constexpr unsigned kAtOnce = 4;
  const SteadyClock clock;
  Random random(arguments.seed);
  std::vector<History> histories;
  for (int i = 0; i < arguments.histories; ++i) {
    histories.push_back(Draw(random, static_cast<std::size_t>(arguments.steps)));
  }
  Tally tally;
  std::mutex printing;
  std::atomic<std::size_t> next = 0;
  int failed = 0;
  std::vector<std::thread> players;
  for (unsigned i = 0; i < kAtOnce; ++i) {
    players.emplace_back([&] {
      ServerSchema schema{OpenApiCache("")};
      for (std::size_t at = next++; at < histories.size(); at = next++) {
        const std::string prefix = "h" + std::to_string(at);
        auto bed = memory::RealBed::Open(arguments.bed, prefix + "-");
        Tally counted;
        Played played{.broken = bed.ok() ? "" : bed.error().message, .story = {}};
        if (bed.ok()) {
          World world(**bed, clock, schema,
                      {.prefix = prefix,
                       .base = histories[at].base,
                       .pass_time = {},
                       .timeout = std::chrono::milliseconds(4'000)});
          played = PlayOn(world, histories[at], counted);
        }
        const std::lock_guard<std::mutex> lock(printing);
        for (const auto& [what, count] : counted) tally[what] += count;
        if (!played.broken) continue;
        ++failed;
        std::cout << "\nFAILED:\n" << histories[at].ToText();
        PrintStory(played);
      }
    });
  }
  for (std::thread& player : players) player.join();
  Print(tally);
  return End(arguments.histories - failed, failed);
}

int Main(const Arguments& arguments) {
  if (!arguments.file.empty()) {
    const auto history = ReadHistory(arguments.file);
    if (!history.ok()) {
      std::cout << history.error().message << "\n";
      return 2;
    }
    Tally tally;
    const Played played = PlayInMemory(*history, tally);
    PrintStory(played);
    return End(played.broken ? 0 : 1, played.broken ? 1 : 0);
  }
  std::cout << "seed " << arguments.seed << "\n";
  return arguments.bed.empty() ? InMemory(arguments) : OnBed(arguments);
}

}  // namespace
}  // namespace holdfast::histories

int main(int argc, char** argv) {
  return holdfast::histories::Main(holdfast::histories::Read(argc, argv));
}
