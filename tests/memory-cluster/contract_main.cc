// contract FOLDER: holds a control plane that tests/cluster/up has started to the same
// contract as the cluster in memory. The last line is `N passed, N failed`.

#include <algorithm>
#include <atomic>
#include <iostream>
#include <mutex>
#include <thread>

#include "tests/memory-cluster/contract.h"
#include "tests/memory-cluster/real_bed.h"

namespace holdfast::memory {
namespace {

/// Rows are played side by side: most of their time is waiting.
constexpr unsigned kAtOnce = 4;

std::vector<std::string> WrongWith(const Row& row, const std::string& folder) {
  const std::string name = "contract-" + std::string(row.name);
  auto bed = RealBed::Open(folder, name);
  if (!bed.ok()) return {bed.error().message};
  Play play(**bed, name);
  row.play(play);
  return play.wrong();
}

int Main(int argc, char** argv) {
  if (argc < 2) {
    std::cerr << "usage: contract FOLDER [ROW...]\n";
    return 2;
  }
  const std::vector<std::string> only(argv + 2, argv + argc);
  std::vector<Row> rows = Contract();
  std::erase_if(rows, [&](const Row& row) {
    return !only.empty() && std::find(only.begin(), only.end(), row.name) == only.end();
  });
  std::atomic<std::size_t> next = 0;
  std::mutex printing;
  int failed = 0;
  std::vector<std::thread> players;
  for (unsigned i = 0; i < kAtOnce; ++i) {
    players.emplace_back([&] {
      for (std::size_t at = next++; at < rows.size(); at = next++) {
        const Row& row = rows[at];
        const std::vector<std::string> wrong = WrongWith(row, argv[1]);
        const std::lock_guard<std::mutex> lock(printing);
        failed += wrong.empty() ? 0 : 1;
        std::cout << (wrong.empty() ? "ok      " : "FAILED  ") << row.name << ": "
                  << row.sentence << std::endl;
        for (const std::string& one : wrong) std::cout << "        " << one << std::endl;
      }
    });
  }
  for (std::thread& player : players) player.join();
  std::cout << static_cast<int>(rows.size()) - failed << " passed, " << failed
            << " failed\n";
  return failed == 0 ? 0 : 1;
}

}  // namespace
}  // namespace holdfast::memory

int main(int argc, char** argv) { return holdfast::memory::Main(argc, argv); }
