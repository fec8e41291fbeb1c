// Verdict: what the comparison said, held against what the server did.

#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "apply/cluster.h"
#include "diff/compare.h"
#include "diff/object.h"
#include "diff/schema.h"

namespace holdfast::property {

enum class Verdict {
  kSame,             ///< "Same", and nothing changes.
  kDifferent,        ///< "Different", and just these fields change.
  kRejected,         ///< Not "same", and the server declines it.
  kUnsureChanged,    ///< "Unsure", and something changes.
  kUnsureUnchanged,  ///< "Unsure", and nothing does: a dry run for nothing.
  kNoAnswer,         ///< The server broke off, by a defect of its own.
  // From here on it is a defect.
  kFalselySame,       ///< "Same", and something changes or is declined.
  kFalselyDifferent,  ///< "Different", and nothing changes.
  kWrongFields,       ///< "Different", and other fields change.
  kWrongDifference,   ///< Difference() does not see what the server changed.
};
inline constexpr int kVerdicts = static_cast<int>(Verdict::kWrongDifference) + 1;

std::string_view ToString(Verdict verdict);
inline bool IsDefect(Verdict verdict) { return verdict >= Verdict::kFalselySame; }

struct Judgement {
  Verdict verdict = Verdict::kNoAnswer;
  Comparison said;
  /// Paths that the dry run changes; empty where it was declined.
  std::vector<std::string> changed;
  std::string declined;  ///< The server's sentence; empty if it accepted.
  /// Of a defect: what does not agree, a line each.
  std::vector<std::string> complaints;
};

/// `answer` is the server's to a dry run that applies `desired` to `live`.
Judgement Judge(const Object& desired, const Object& live, const ApplyAnswer& answer,
                const Schema& schema);

}  // namespace holdfast::property
