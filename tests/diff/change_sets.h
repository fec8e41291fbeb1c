// The change sets that the tests of both renderers print.

#pragma once

#include "diff/change.h"

namespace holdfast {

/// An image bump that may go ahead, a claim that may not go, 11 unchanged.
ChangeSet RefusedSet();

/// Two objects, as Git wants them.
ChangeSet InSyncSet();

/// One object for each action, and findings of each ruling.
ChangeSet MixedSet();

}  // namespace holdfast
