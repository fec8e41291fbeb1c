#include "daemon/run_identity.h"

#include <doctest/doctest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <string>

namespace holdfast {
namespace {

std::string Replaced(std::string text, const std::string& label, const std::string& value) {
  const std::string mark = " " + label + " ";
  const std::size_t from = text.find(mark) + mark.size();
  return text.replace(from, text.find(' ', from) - from, value);
}

TEST_CASE("we have not ended, and neither has who cannot be told to have") {
  const std::string us = RunIdentity();
  CHECK(RunIdentity() == us);
  CHECK_FALSE(HasEnded(us));
  CHECK_FALSE(HasEnded(""));
  CHECK_FALSE(HasEnded("holdfast-7c9f"));
  // Another machine, or this one before it was restarted.
  CHECK_FALSE(HasEnded(Replaced(Replaced(us, "boot", "00000000"), "pid", "999999")));
  // Another container: its pid 1 is not ours.
  CHECK_FALSE(HasEnded(Replaced(Replaced(us, "ns", "1"), "pid", "999999")));
  CHECK_FALSE(HasEnded(Replaced(us, "pid", "../1")));
}

TEST_CASE("a process that has ended is known to have, buried or not, its pid reused or not") {
  std::array<int, 2> ends{};
  REQUIRE(pipe(ends.data()) == 0);
  const pid_t child = fork();
  if (child == 0) {
    const std::string identity = RunIdentity();
    const ssize_t written = write(ends[1], identity.data(), identity.size());
    _exit(written > 0 ? 0 : 1);
  }
  close(ends[1]);
  std::array<char, 512> text{};
  const ssize_t length = read(ends[0], text.data(), text.size());
  REQUIRE(length > 0);
  const std::string identity(text.data(), static_cast<std::size_t>(length));
  siginfo_t info{};
  REQUIRE(waitid(P_PID, static_cast<id_t>(child), &info, WEXITED | WNOWAIT) == 0);
  CHECK(HasEnded(identity));  // It is there still, as a zombie.
  REQUIRE(waitpid(child, nullptr, 0) == child);
  CHECK(HasEnded(identity));
  close(ends[0]);

  // Our pid, and another start: whoever had it before us.
  CHECK(HasEnded(Replaced(RunIdentity(), "started", "1")));
}

}  // namespace
}  // namespace holdfast
