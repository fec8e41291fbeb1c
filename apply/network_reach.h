// NetworkReach: which ports of a database's pods its NetworkPolicies leave open.

#pragma once

#include <string>
#include <vector>

#include "diff/object.h"

namespace holdfast {

/// True if `policy` picks the pods of `workload` and has a say in what comes to them or in
/// what they send.
bool Isolates(const Object& policy, const Object& workload);

/// Who is cut off from the database `workload` when these policies are all there are in
/// its namespace, as a clause ("its members from one another (ports 7000, 7001)"); empty
/// if nobody is, or if it runs no engine whose ports are known.
///
/// Members need both ways; clients are asked for on the way in alone. A rule counts as
/// letting somebody through unless it is certain that it does not: peers of other
/// namespaces and addresses are not resolved.
std::string CutOff(const Object& workload, const std::vector<const Object*>& policies);

}  // namespace holdfast
