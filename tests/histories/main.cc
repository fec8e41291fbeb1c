// histories: random histories of a repository and its cluster, held against one
// invariant.
//
//   histories --kept FOLDER [--histories N] [--steps N] [--seed N] [--shards N]
//                                                                        in memory
//   histories --bed FOLDER [--histories N] [--steps N] [--seed N]        on a real control
//                                                                        plane
//   histories --case FILE                                                one, with its story
//   ... --without RULE,RULE   rules of the guard that are off, to see that they are missed
//
// Those that failed before are kept in FOLDER and played first. A history that fails is
// made as short as it can be and printed as a file for that folder. Shards are played side
// by side, each from a seed of its own, which is printed: --shards 1 with that seed and
// the shard's number of histories plays it alone. One that was kept with `without` must lose
// data where these rules are off, and only if all of them are. The last line is
// `N passed, N failed`.

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iostream>
#include <iterator>
#include <map>
#include <memory>
#include <mutex>
#include <sstream>
#include <string_view>
#include <thread>
#include <utility>

#include "apply/hazard.h"
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
  int shards = 1;
  std::uint64_t seed = 0;
  std::vector<std::string> without;
};

std::vector<std::string> SplitAtCommas(const std::string& text) {
  std::vector<std::string> parts;
  std::istringstream left(text);
  for (std::string part; std::getline(left, part, ',');) parts.push_back(part);
  return parts;
}

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
    if (name == "--without") arguments.without = SplitAtCommas(value);
    if (name == "--shards") arguments.shards = std::max(1, std::atoi(value.c_str()));
    if (name == "--seed") arguments.seed = std::strtoull(value.c_str(), nullptr, 10);
  }
  return arguments;
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

/// Rules that say nothing while it lives. The guard itself has no such switch, and shall
/// have none: here a row of its table is written over. REQUIRES that nobody plays meanwhile
/// when it is made or ends.
class Silenced {
 public:
  explicit Silenced(const std::vector<std::string>& names) {
    for (const std::string& name : names) {
      const bool found = Take(DeletionRules(), name) || Take(ChangeRules(), name) ||
                         Take(RevisionRules(), name);
      if (found) continue;
      std::cout << "there is no rule " << name << "\n";
      std::exit(2);
    }
  }
  ~Silenced() {
    for (const auto& give_back : give_back_) give_back();
  }
  Silenced(const Silenced&) = delete;
  Silenced& operator=(const Silenced&) = delete;

 private:
  template <typename Subject, typename Findings>
  static void SayNothing(const Subject&, Findings&) {}

  template <typename Subject, typename Findings>
  bool Take(const std::vector<HazardRule<void(const Subject&, Findings&)>>& rules,
            std::string_view name) {
    for (const auto& rule : rules) {
      if (rule.name != name) continue;
      auto& row = const_cast<HazardRule<void(const Subject&, Findings&)>&>(rule);
      give_back_.push_back([&row, judge = row.judge] { row.judge = judge; });
      row.judge = &SayNothing<Subject, Findings>;
      return true;
    }
    return false;
  }

  std::vector<std::function<void()>> give_back_;
};

/// What histories in memory have in common. Each thread has its own.
class Stage {
 public:
  Played Play(const History& history, Tally& tally) {
    // Before a request of ours the controllers may have done this much.
    constexpr std::size_t kPace = 2;
    const Opening& opening = OpeningOf(history);
    if (opening.broken) return {opening.broken, opening.story};
    memory::MemoryBed bed(*opening.bed, history.seed, kPace);
    World world(bed, bed.clock(), schema_, Options(history.base, bed, true));
    return PlayOn(world, history, tally);
  }

 private:
  static WorldOptions Options(int base, memory::MemoryBed& bed, bool opened) {
    return {.prefix = "h",
            .base = base,
            .pass_time = [&bed](std::chrono::milliseconds by) { bed.clock().Advance(by); },
            .timeout = std::chrono::milliseconds(2'000),
            .opened = opened};
  }

  struct Opening {
    std::unique_ptr<memory::MemoryBed> bed;
    std::optional<std::string> broken{};
    std::vector<std::string> story{};
  };

  /// Where the first commit is carried out. That is a third of the work of a history and
  /// ends the same way each time, but for the order in which controllers have worked: so
  /// there are some of each, and a history's seed chooses.
  const Opening& OpeningOf(const History& history) {
    constexpr std::uint64_t kOpenings = 16;
    constexpr std::size_t kPace = 2;
    const std::uint64_t which = history.seed % kOpenings;
    Opening& opening = openings_[{history.base, which}];
    if (opening.bed != nullptr) return opening;
    opening.bed = std::make_unique<memory::MemoryBed>(which, kPace);
    World world(*opening.bed, opening.bed->clock(), schema_,
                Options(history.base, *opening.bed, false));
    opening.broken = world.Play({});
    // With a cluster that has nothing a history would find nothing.
    if (!opening.broken && !world.tally().contains("revisions carried out"))
      opening.broken = "the first commit is not carried out";
    opening.story = world.story();
    return opening;
  }

  ServerSchema schema_{OpenApiCache("")};
  std::map<std::pair<int, std::uint64_t>, Opening> openings_;
};

void PrintStory(const Played& played) {
  for (const std::string& line : played.story) std::cout << "    " << line << "\n";
  if (played.broken) std::cout << "  " << *played.broken << "\n";
}

/// Prints it at its shortest, as a file to be kept.
void PrintFailure(const History& history, Stage& stage) {
  Tally ignored;
  const History shortest = Shrink(
      history, [&](const History& one) { return stage.Play(one, ignored).broken; });
  const Played played = stage.Play(shortest, ignored);
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

/// What the shards of a run in memory have come to, together.
class Results {
 public:
  void Note(const History& history, const Played& played, Stage& stage) {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (!played.broken) {
      ++passed_;
      return;
    }
    // Each is shortened, which takes its time; the first few tell enough.
    constexpr int kMostPrinted = 5;
    if (failed_++ < kMostPrinted) PrintFailure(history, stage);
  }
  /// Of a kept history: nothing, or why it is of no use any more.
  void NoteKept(const std::string& path, const std::string& wrong) {
    ++(wrong.empty() ? passed_ : failed_);
    if (!wrong.empty()) std::cout << path << ": " << wrong << "\n";
  }
  void Add(const Tally& tally) {
    const std::lock_guard<std::mutex> lock(mutex_);
    for (const auto& [what, count] : tally) tally_[what] += count;
  }

  int End() const {
    Print(tally_);
    return histories::End(passed_, failed_);
  }

 private:
  std::mutex mutex_;
  Tally tally_;
  int passed_ = 0;
  int failed_ = 0;
};

/// Why one rule of `history.without` is not what saves the data; "" if each of them is:
/// with all of them off they are lost, with any of them on they are not.
std::string NotMissed(const History& history) {
  const auto loses = [&](const std::vector<std::string>& without) {
    const Silenced off(without);
    Tally tally;
    return Stage().Play(history, tally).broken.has_value();
  };
  if (!loses(history.without)) return "nothing is lost where its rules are off";
  for (const std::string& rule : history.without) {
    std::vector<std::string> others = history.without;
    std::erase(others, rule);
    if (!others.empty() && loses(others)) return rule + " is on and data are lost";
  }
  return "";
}

void PlayKept(const std::string& folder, Results& results) {
  Stage stage;
  Tally tally;
  std::vector<std::string> paths;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    paths.push_back(entry.path().string());
  }
  std::sort(paths.begin(), paths.end());
  for (const std::string& path : paths) {
    const auto history = ReadHistory(path);
    if (!history.ok()) {
      results.NoteKept(path, history.error().message);
      continue;
    }
    results.Note(*history, stage.Play(*history, tally), stage);
    if (!history->without.empty()) results.NoteKept(path, NotMissed(*history));
  }
  results.Add(tally);
}

void PlayShard(const Arguments& arguments, std::uint64_t seed, int histories,
               Results& results) {
  Stage stage;
  Tally tally;
  Random random(seed);
  const auto most = static_cast<std::size_t>(2 * arguments.steps);
  for (int i = 0; i < histories; ++i) {
    History history = Draw(random, 1 + random.Below(most));
    history.without = arguments.without;
    results.Note(history, stage.Play(history, tally), stage);
  }
  results.Add(tally);
}

int InMemory(const Arguments& arguments) {
  Results results;
  if (!arguments.kept.empty() && arguments.without.empty()) {
    PlayKept(arguments.kept, results);
  }
  const Silenced off(arguments.without);
  std::vector<std::thread> shards;
  for (int i = 0; i < arguments.shards; ++i) {
    const std::uint64_t seed = arguments.seed + static_cast<std::uint64_t>(i);
    const int histories = arguments.histories / arguments.shards +
                          (i < arguments.histories % arguments.shards ? 1 : 0);
    std::cout << "seed " << seed << ": " << histories << " histories\n";
    shards.emplace_back(PlayShard, std::cref(arguments), seed, histories, std::ref(results));
  }
  for (std::thread& shard : shards) shard.join();
  return results.End();
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
    Stage stage;
    const Silenced off(arguments.without);
    const Played played = stage.Play(*history, tally);
    PrintStory(played);
    return End(played.broken ? 0 : 1, played.broken ? 1 : 0);
  }
  if (arguments.bed.empty()) return InMemory(arguments);
  std::cout << "seed " << arguments.seed << "\n";
  return OnBed(arguments);
}

}  // namespace
}  // namespace holdfast::histories

int main(int argc, char** argv) {
  return holdfast::histories::Main(holdfast::histories::Read(argc, argv));
}
