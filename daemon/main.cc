// holdfast: GitOps for databases on Kubernetes.

#include <unistd.h>

#include <cstdlib>
#include <exception>
#include <iostream>
#include <new>
#include <string>
#include <typeinfo>
#include <vector>

#include "daemon/cli.h"
#include "daemon/environment.h"
#include "daemon/exit_code.h"
#include "daemon/signals.h"
#include "daemon/verbs.h"

int main(int argc, char** argv) {
  holdfast::InstallSignalHandlers();
  const auto parsed =
      holdfast::ParseCommandLine(std::vector<std::string>(argv + 1, argv + argc));
  if (const auto* end = std::get_if<holdfast::EndNow>(&parsed)) {
    std::cout << end->out;
    std::cerr << end->err;
    return end->status;
  }
  const holdfast::Environment environment{
      .variable = [](const std::string& name) -> std::optional<std::string> {
        const char* value = std::getenv(name.c_str());
        if (value == nullptr) return std::nullopt;
        return value;
      },
      .in = std::cin,
      .out = std::cout,
      .err = std::cerr,
      .out_is_terminal = isatty(STDOUT_FILENO) == 1,
      .err_is_terminal = isatty(STDERR_FILENO) == 1,
      .cancelled = holdfast::StopRequested};
  const auto& line = std::get<holdfast::CommandLine>(parsed);
  try {
    return static_cast<int>(holdfast::RunCommand(line, environment));
  } catch (const std::bad_alloc&) {
    std::cerr << "error: out of memory\n";
  } catch (const std::exception& fault) {
    // Not what() says: it may hold what was being read.
    std::cerr << "error: a fault of holdfast itself (" << typeid(fault).name()
              << "); please report it with the command. What was applied stays, and the next "
                 "run goes on from there\n";
  }
  return static_cast<int>(holdfast::ExitCode::kError);
}
