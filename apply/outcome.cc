#include "apply/outcome.h"

namespace holdfast {

std::string_view ToString(Outcome::State state) {
  switch (state) {
    case Outcome::State::kNotReached: return "not reached";
    case Outcome::State::kUnchanged: return "unchanged";
    case Outcome::State::kApplied: return "applied";
    case Outcome::State::kWaiting: return "waiting";
    case Outcome::State::kDeleted: return "deleted";
    case Outcome::State::kFailed: return "failed";
    case Outcome::State::kUncertain: return "uncertain";
  }
  return "failed";
}

RunEnd EndOf(const Error& error) {
  switch (error.code) {
    case ErrorCode::kConflict: return RunEnd::kStopped;
    case ErrorCode::kTimeout: return RunEnd::kUnhealthy;
    case ErrorCode::kCancelled: return RunEnd::kCancelled;
    default: return RunEnd::kFailed;
  }
}

}  // namespace holdfast
