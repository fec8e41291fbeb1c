// Hook: `holdfast hook pre-receive`, which keeps a commit out of the branch that the
// daemon follows while its plan is refused, held or waits for an approval.
//
// Git keeps the objects of a push apart until the hook has agreed (githooks(5),
// "quarantine"); they are read from there. Nothing is written, neither to the repository
// nor to the cluster.

#pragma once

#include "daemon/cli.h"
#include "daemon/environment.h"
#include "daemon/exit_code.h"

namespace holdfast {

/// Reads what is pushed from environment.in, as Git tells it, in the repository of
/// $GIT_DIR. Says why not on environment.err, which Git shows to the pusher.
///
/// kOk if the watched ref is not part of the push, or if what would come to it may go
/// ahead. kStopped if that is refused, held or waits for an approval, and for the
/// deletion of the ref and a rewritten history that no approval lifts. kError if it could
/// not be told, which keeps the push out too.
ExitCode RunPreReceive(const CommandLine& line, const Environment& environment);

}  // namespace holdfast
