// Outcome: what became of each object of a run.

#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "diff/change.h"
#include "diff/error.h"

namespace holdfast {

struct Outcome {
  enum class State {
    kNotReached,  ///< Nothing was sent for it.
    kUnchanged,   ///< Was as wanted, and healthy.
    kApplied,     ///< Written, and its gate opened.
    kWaiting,     ///< Written or as wanted, but not healthy yet; `reason` says what for.
    kDeleted,     ///< Gone.
    kFailed,      ///< `reason` says why.
    kUncertain,   ///< Sent, and no answer came: it may be done or not.
  };
  ObjectRef ref;
  Action action = Action::kNone;
  State state = State::kNotReached;
  std::string reason;
};

/// "not reached", "unchanged", "applied", ...
std::string_view ToString(Outcome::State state);

enum class RunEnd {
  kDone,       ///< All is applied and healthy.
  kUnhealthy,  ///< All that could be sent was; something did not get healthy (in time).
  kFailed,     ///< The server declined or did not answer; nothing further was sent.
  kStopped,    ///< Judged again just before the first write, and refused.
  kCancelled,  ///< We were asked to stop.
  kSuperseded,  ///< Something newer is wanted: the next run goes on from what is there.
};

/// How a run ends that fails with `error`: kConflict is a refusal, judged again.
RunEnd EndOf(const Error& error);

struct RunReport {
  RunEnd end = RunEnd::kFailed;
  std::string reason;             ///< One sentence; empty for kDone.
  std::vector<Outcome> outcomes;  ///< One for each step of the plan, in its order.
};

}  // namespace holdfast
