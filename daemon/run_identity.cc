#include "daemon/run_identity.h"

#include <unistd.h>

#include <array>
#include <fstream>
#include <iterator>
#include <optional>
#include <sstream>
#include <vector>

namespace holdfast {
namespace {

std::string FirstLineOf(const std::string& path) {
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);
  return line;
}

/// Where the process stands in the kernel's table: its state, and when it started, in
/// ticks since the boot (proc(5), fields 3 and 22). Nothing if it is not there.
struct ProcessState {
  std::string state;
  std::string started;
};

std::optional<ProcessState> StateOf(const std::string& pid) {
  const std::string line = FirstLineOf("/proc/" + pid + "/stat");
  // The program's name stands in parentheses and may hold anything.
  const std::size_t name_end = line.rfind(')');
  if (name_end == std::string::npos) return std::nullopt;
  std::istringstream rest(line.substr(name_end + 1));
  const std::vector<std::string> fields{std::istream_iterator<std::string>(rest), {}};
  constexpr std::size_t kStarted = 22 - 3;
  if (fields.size() <= kStarted) return std::nullopt;
  return ProcessState{fields[0], fields[kStarted]};
}

/// "9f2c1d80" of the kernel's present run; empty where there is no such thing.
std::string Boot() { return FirstLineOf("/proc/sys/kernel/random/boot_id").substr(0, 8); }

/// The number of our process namespace, in which a pid has its meaning.
std::string ProcessNamespace() {
  std::array<char, 64> target{};
  const ssize_t length = readlink("/proc/self/ns/pid", target.data(), target.size());
  const std::string text(target.data(), length > 0 ? static_cast<std::size_t>(length) : 0);
  const std::size_t from = text.find('[');
  const std::size_t to = text.find(']');
  if (from == std::string::npos || to == std::string::npos) return "";
  return text.substr(from + 1, to - from - 1);
}

std::string HostName() {
  std::array<char, 256> name{};
  if (gethostname(name.data(), name.size() - 1) != 0) return "unknown";
  return name.data();
}

/// The word after `label`, or "".
std::string After(const std::string& identity, const std::string& label) {
  const std::string mark = " " + label + " ";
  const std::size_t at = identity.rfind(mark);
  if (at == std::string::npos) return "";
  const std::size_t from = at + mark.size();
  return identity.substr(from, identity.find(' ', from) - from);
}

}  // namespace

std::string RunIdentity() {
  const std::string pid = std::to_string(getpid());
  const auto state = StateOf(pid);
  return HostName() + " pid " + pid + " started " + (state ? state->started : "unknown") +
         " boot " + Boot() + " ns " + ProcessNamespace();
}

bool HasEnded(const std::string& identity) {
  const std::string boot = After(identity, "boot");
  const std::string space = After(identity, "ns");
  const std::string pid = After(identity, "pid");
  const std::string started = After(identity, "started");
  if (boot.empty() || space.empty() || pid.empty() || started.empty()) return false;
  if (boot != Boot() || space != ProcessNamespace()) return false;
  if (pid.find_first_not_of("0123456789") != std::string::npos || started == "unknown") {
    return false;
  }
  // That the table can be read at all is seen by ourselves being in it.
  if (!StateOf(std::to_string(getpid()))) return false;
  const auto now = StateOf(pid);
  if (!now || now->started != started) return true;
  return now->state == "Z" || now->state == "X";
}

}  // namespace holdfast
