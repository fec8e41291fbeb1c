#include "repo-layout/child_process.h"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>

namespace holdfast {
namespace {

/// A file in memory. What a child writes goes there too, so no pipe can fill up.
class MemoryFile {
 public:
  explicit MemoryFile(const std::string& bytes = "") {
    // Above all numbers that the child is given, so that none of them is overwritten.
    constexpr int kAbove = 64;
    const int low = memfd_create("holdfast", MFD_CLOEXEC);
    fd_ = low < 0 ? -1 : fcntl(low, F_DUPFD_CLOEXEC, kAbove);
    if (low >= 0) close(low);
    for (std::size_t done = 0; fd_ >= 0 && done < bytes.size();) {
      const ssize_t wrote = write(fd_, bytes.data() + done, bytes.size() - done);
      if (wrote < 0 && errno == EINTR) continue;
      if (wrote <= 0) {
        close(fd_);
        fd_ = -1;
        return;
      }
      done += static_cast<std::size_t>(wrote);
    }
    if (fd_ >= 0) lseek(fd_, 0, SEEK_SET);
  }
  MemoryFile(MemoryFile&& other) noexcept : fd_(other.fd_) { other.fd_ = -1; }
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;
  ~MemoryFile() {
    if (fd_ >= 0) close(fd_);
  }

  int fd() const { return fd_; }

  std::string Bytes() const {
    std::string bytes;
    std::array<char, 4096> part{};
    for (off_t at = 0;;) {
      const ssize_t got = pread(fd_, part.data(), part.size(), at);
      if (got < 0 && errno == EINTR) continue;
      if (got <= 0) return bytes;
      bytes.append(part.data(), static_cast<std::size_t>(got));
      at += got;
    }
  }

 private:
  int fd_ = -1;
};

/// False if it did not end in time.
bool AwaitEnd(pid_t child, std::chrono::milliseconds deadline) {
  const int handle = static_cast<int>(syscall(SYS_pidfd_open, child, 0));
  if (handle < 0) return true;  // The wait below is without a deadline then.
  pollfd one{.fd = handle, .events = POLLIN, .revents = 0};
  int ready = 0;
  do {
    ready = poll(&one, 1, static_cast<int>(deadline.count()));
  } while (ready < 0 && errno == EINTR);
  close(handle);
  return ready != 0;
}

}  // namespace

Result<ProcessEnd> RunProcess(const ProcessCall& call) {
  const std::string& program = call.arguments.front();
  const MemoryFile in(call.input);
  const MemoryFile out;
  const MemoryFile err;
  std::vector<MemoryFile> files;
  for (const std::string& bytes : call.files) files.emplace_back(bytes);

  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  int number = 0;
  bool whole = true;
  const auto give = [&](const MemoryFile& file) {
    whole = whole && file.fd() >= 0;
    posix_spawn_file_actions_adddup2(&actions, file.fd(), number++);
  };
  give(in);
  give(out);
  give(err);
  for (const MemoryFile& file : files) give(file);

  std::vector<std::string> words = call.arguments;
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  std::string path = "PATH=/usr/bin:/bin";
  std::string language = "LANG=C";
  std::array<char*, 3> environment = {path.data(), language.data(), nullptr};
  pid_t child = -1;
  int failed = whole ? ENOENT : EMFILE;
  for (const char* folder : {"/usr/bin/", "/bin/"}) {
    if (failed != ENOENT) break;
    failed = posix_spawn(&child, (folder + program).c_str(), &actions, nullptr,
                         argv.data(), environment.data());
  }
  posix_spawn_file_actions_destroy(&actions);
  if (failed == ENOENT) return NotFound("the program " + program + " is not installed");
  if (failed != 0) {
    return Error{ErrorCode::kUnavailable,
                 "cannot run " + program + ": " + std::strerror(failed)};
  }
  const bool in_time = AwaitEnd(child, call.deadline);
  if (!in_time) kill(child, SIGKILL);
  int how = 0;
  while (waitpid(child, &how, 0) < 0 && errno == EINTR) {
  }
  if (!in_time) {
    return Error{ErrorCode::kTimeout, program + " did not end within " +
                                          std::to_string(call.deadline.count()) + " ms"};
  }
  return ProcessEnd{WIFEXITED(how) ? WEXITSTATUS(how) : -1, out.Bytes(), err.Bytes()};
}

}  // namespace holdfast
