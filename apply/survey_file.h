// SurveyFile: everything that a plan needs to know, out of objects of a file.
//
// A file is no cluster: it holds what somebody chose to write into it, as it was then.
// An object of the revision that it lacks counts as not there, since that is what is
// compared; any other absence in it means nothing, so a fact that it lacks is unknown,
// and the rules that need it hold (safety.md 2.6).

#pragma once

#include <string>
#include <vector>

#include "apply/survey.h"
#include "diff/object.h"
#include "diff/schema.h"

namespace holdfast {

struct LiveObjects {
  std::string file;  ///< As given; for messages.
  std::vector<Object> objects;
};

/// The same as SurveyCluster without any request. The inventory is read from the file's
/// ConfigMaps; where it has none, objects with this sync's label count as ours and
/// nothing as removed from Git. What cannot be known is among the findings, each with
/// what to add to the file.
Survey SurveyFile(LiveObjects live, const Schema& schema, SurveyCall call);

}  // namespace holdfast
