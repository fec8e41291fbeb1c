// ExitCode: what the exit statuses mean. A contract: scripts branch on them.

#pragma once

namespace holdfast {

enum class ExitCode : int {
  kOk = 0,         ///< In sync (`diff`, `plan`), in sync afterwards (`sync`), nothing to say (`lint`).
  kChanges = 1,    ///< `diff`, `plan`: there are changes, and all of them may go ahead.
  kError = 2,      ///< Could not answer; `sync` has reported what was applied.
  kStopped = 3,    ///< Refused, held, or waiting for an approval; nothing was written.
  kUnhealthy = 4,  ///< `sync`: applied, but not healthy within the time-out.
};

}  // namespace holdfast
