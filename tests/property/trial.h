// Trial: many mutated manifests, compared and dry-run, and what came of it.

#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "apply/cluster.h"
#include "diff/schema.h"
#include "tests/property/mutation.h"
#include "tests/property/subjects.h"
#include "tests/property/verdict.h"

namespace holdfast::property {

/// One mutated manifest and what was found.
struct Case {
  std::size_t subject = 0;
  std::vector<Draw> draws;
  std::vector<std::string> names;
  Object manifest;  ///< Mutated.
  Object desired;   ///< The same as it is applied.
  Object live;
  ApplyAnswer answer = Error{};
  Judgement judgement;
};

struct Tally {
  int verdicts[kVerdicts] = {};
  std::map<std::string, int> mutations;        ///< How often each found a place.
  std::map<std::string, int> needless_doubts;  ///< Of unchanged objects, by sentence.
  std::vector<Case> defects;                   ///< Shrunk.

  int Count(Verdict verdict) const { return verdicts[static_cast<int>(verdict)]; }
  int unchanged() const {
    return Count(Verdict::kSame) + Count(Verdict::kUnsureUnchanged) +
           Count(Verdict::kFalselyDifferent);
  }
};

class Trial {
 public:
  /// All outlive the trial.
  Trial(Cluster& cluster, const Schema& schema, std::vector<Subject>& subjects)
      : cluster_(cluster), schema_(schema), subjects_(subjects) {}

  /// Draws `mutations` cases from `random` and judges them.
  Status Run(Random& random, int mutations, Tally& tally);

  /// Makes mutated manifests the new state of the cluster where the server takes
  /// them, so that later cases meet objects that have a history.
  Status MoveOn(Random& random);

 private:
  Case Draws(Random& random);
  Case Made(std::size_t subject, const std::vector<Draw>& draws);
  Case MadeFrom(const Object& from, std::size_t subject, const std::vector<Draw>& draws);
  void Ask(std::vector<Case>& cases);
  void AskAgain(std::vector<Case>& cases);
  Case Shrunk(Case found);

  Cluster& cluster_;
  const Schema& schema_;
  std::vector<Subject>& subjects_;
};

}  // namespace holdfast::property
