// Verbs: what each command does, from its command line to its exit status.

#pragma once

#include "daemon/cli.h"
#include "daemon/environment.h"
#include "daemon/exit_code.h"

namespace holdfast {

/// Runs one command to its end. Results go to `environment.out`, progress and
/// errors to `environment.err`. Never throws.
ExitCode RunCommand(const CommandLine& line, const Environment& environment);

}  // namespace holdfast
