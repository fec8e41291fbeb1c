// PlanInputs: a revision of many small databases, as MakePlan gets it.

#pragma once

#include <cstddef>

#include "apply/plan.h"

namespace holdfast {

/// What the revision does.
enum class Revised {
  kNothing,  ///< Every object is live as Git wants it.
  kCreate,   ///< Nothing is live yet.
  kUpdate,   ///< Every object changes in one field.
  kRemove,   ///< A third of the databases are gone from Git.
};

/// `count` objects, rounded up to whole databases of ten objects each, all in one
/// namespace, where everything is near everything. Two of ten are claims, and each
/// StatefulSet makes a third: these, the volumes of all and the pods are live.
PlanInput ManyDatabases(std::size_t count, Revised revised);

}  // namespace holdfast
