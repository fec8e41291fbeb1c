#include "daemon/signals.h"

#include <csignal>

namespace holdfast {
namespace {

// The only state of the process that is not passed in: a signal handler can
// reach nothing else.
volatile std::sig_atomic_t stop_requested = 0;

extern "C" void OnStopSignal(int signal) {
  stop_requested = 1;
  std::signal(signal, SIG_DFL);
}

}  // namespace

void InstallSignalHandlers() {
  std::signal(SIGINT, OnStopSignal);
  std::signal(SIGTERM, OnStopSignal);
  std::signal(SIGPIPE, SIG_IGN);
}

bool StopRequested() { return stop_requested != 0; }

}  // namespace holdfast
