// property: holds the local comparison against the real API server.
//
//   property --kubeconfig FILE --corpus FOLDER [--mutations N] [--seed N] [--keep FOLDER]
//
// Applies the corpus, mutates its manifests, and demands of each that Compare
// says of it what a server-side apply would do. The last line is `N passed, N
// failed`. With --keep, each case that failed is written as a fixture for
// tests/diff/dry_runs.

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <string>
#include <system_error>
#include <thread>

#include "apply/server_schema.h"
#include "daemon/connect.h"
#include "tests/property/trial.h"

namespace holdfast::property {
namespace {

constexpr const char* kNamespace = "corpus";
/// After so many cases the cluster moves on to another state.
constexpr int kCasesOfOneState = 500;

struct Arguments {
  std::string kubeconfig;
  std::string corpus;
  std::string keep;
  int mutations = 2000;
  std::uint64_t seed = 0;
};

Arguments Read(int argc, char** argv) {
  Arguments arguments;
  arguments.seed = static_cast<std::uint64_t>(
      std::chrono::system_clock::now().time_since_epoch().count());
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string name = argv[i];
    const std::string value = argv[i + 1];
    if (name == "--kubeconfig") arguments.kubeconfig = value;
    if (name == "--corpus") arguments.corpus = value;
    if (name == "--keep") arguments.keep = value;
    if (name == "--mutations") arguments.mutations = std::atoi(value.c_str());
    if (name == "--seed") arguments.seed = std::strtoull(value.c_str(), nullptr, 10);
  }
  return arguments;
}

void Print(const Case& one) {
  std::cout << "\n"
            << ToString(one.judgement.verdict) << ": " << one.desired.ref().ToString()
            << "\n";
  for (const std::string& name : one.names) std::cout << "  after: " << name << "\n";
  for (const std::string& line : one.judgement.complaints)
    std::cout << "  " << line << "\n";
}

/// Manifest, live object and the fields that the server changes.
bool Keep(const Case& one, const std::string& folder, int number) {
  Json fixture = {
      {"desired", one.desired.json()}, {"live", one.live.json()}, {"after", nullptr}};
  if (const auto* after = std::get_if<Object>(&one.answer))
    fixture["after"] = after->json();
  const std::string name =
      one.desired.ref().kind + "-" + std::to_string(number) + ".json";
  std::error_code ignored;  // What counts is whether the file can be written.
  std::filesystem::create_directories(folder, ignored);
  return static_cast<bool>(std::ofstream(folder + "/" + name) << DumpJsonPretty(fixture)
                                                              << std::endl);
}

template <typename Counted>
void PrintCounted(const char* title, const Counted& counted) {
  std::cout << title << "\n";
  for (const auto& [what, count] : counted)
    std::cout << "  " << count << "  " << what << "\n";
}

void PrintReport(const Tally& tally) {
  PrintCounted("mutations", tally.mutations);
  if (!tally.needless_doubts.empty()) {
    PrintCounted("unsure of unchanged objects", tally.needless_doubts);
  }
  std::cout << "answers\n";
  for (int i = 0; i < kVerdicts; ++i) {
    std::cout << "  " << tally.verdicts[i] << "  " << ToString(static_cast<Verdict>(i))
              << "\n";
  }
  const int unsure = tally.Count(Verdict::kUnsureUnchanged);
  std::cout << "unsure of " << unsure << " of " << tally.unchanged()
            << " unchanged objects\n";
}

/// The server publishes what a CustomResourceDefinition says a moment after it serves the
/// kind, and there is nothing to watch for it.
Status LearnAll(Cluster& cluster, const std::vector<Subject>& subjects, ServerSchema& schema) {
  std::vector<Gvk> kinds;
  for (const Subject& subject : subjects) kinds.push_back(subject.manifest.gvk());
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  while (true) {
    schema.Learn(cluster, kinds);
    const auto unknown = std::find_if(kinds.begin(), kinds.end(), [&](const Gvk& kind) {
      return schema.Find(kind) == nullptr;
    });
    if (unknown == kinds.end()) return {};
    if (std::chrono::steady_clock::now() > deadline) {
      return Error{ErrorCode::kTimeout, schema.WhyUnknown(*unknown)};
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
}

int Main(const Arguments& arguments) {
  std::cout << "seed " << arguments.seed << "\n";
  ClusterArgs where;
  where.kubeconfig = arguments.kubeconfig;
  const Environment environment{[](const std::string&) { return std::nullopt; },
                                std::cin, std::cout, std::cerr};
  auto connected = Connect(where, environment);
  if (!connected) {
    std::cout << connected.error().message << "\n";
    return 2;
  }
  Cluster& cluster = *connected->cluster;
  auto subjects = Prepare(cluster, arguments.corpus, kNamespace);
  if (!subjects) {
    std::cout << subjects.error().message << "\n";
    return 2;
  }
  std::cout << subjects->size() << " objects\n";
  ServerSchema schema{OpenApiCache("")};
  if (const Status learned = LearnAll(cluster, *subjects, schema); !learned) {
    std::cout << learned.error().message << "\n";
    return 2;
  }
  Random random(arguments.seed);
  Trial trial(cluster, schema, *subjects);
  Tally tally;
  for (int done = 0; done < arguments.mutations; done += kCasesOfOneState) {
    const int cases = std::min(kCasesOfOneState, arguments.mutations - done);
    Status status = done == 0 ? Status() : trial.MoveOn(random);
    if (status) status = trial.Run(random, cases, tally);
    if (!status) {
      std::cout << status.error().message << "\n";
      return 2;
    }
  }
  int number = 0;
  for (const Case& one : tally.defects) {
    Print(one);
    if (!arguments.keep.empty() && !Keep(one, arguments.keep, ++number)) {
      std::cout << arguments.keep << ": cannot be written to\n";
      return 2;
    }
  }
  PrintReport(tally);
  // Each of these costs a dry run with every sync: at most 2 in 100, and that is one
  // check more.
  const bool too_unsure = tally.Count(Verdict::kUnsureUnchanged) * 50 > tally.unchanged();
  if (too_unsure) std::cout << "UNSURE OF TOO MANY\n";
  const auto defects = static_cast<int>(tally.defects.size());
  const int failed = defects + (too_unsure ? 1 : 0);
  std::cout << arguments.mutations + 1 - failed << " passed, " << failed << " failed\n";
  return failed == 0 ? 0 : 1;
}

}  // namespace
}  // namespace holdfast::property

int main(int argc, char** argv) {
  return holdfast::property::Main(holdfast::property::Read(argc, argv));
}
