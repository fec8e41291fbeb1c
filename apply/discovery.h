// Discovery documents: which kinds a server serves.
//
// The aggregated form (KEP-3352) tells all in two requests; a server without it
// answers with the classic lists, one for each group and version.

#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "apply/cluster.h"
#include "diff/json.h"
#include "diff/result.h"

namespace holdfast {

/// What to send as Accept to /api and /apis: aggregated if you can, else classic.
inline constexpr std::string_view kDiscoveryAccept =
    "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,"
    "application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList,"
    "application/json";

/// A list of resources that is still to be read, from `path`.
struct ResourceListToRead {
  std::string path;  ///< "/apis/apps/v1"
  std::string group;
  std::string version;
  bool preferred = false;
};

/// Adds to `discovery` what the answer of /api or /apis tells, and returns what is
/// still to be read if it was of the classic form. kInvalid if it is neither.
///
/// A group that the server marks as stale, since its APIService does not answer,
/// is put among `failed_groups`.
Result<std::vector<ResourceListToRead>> AddGroups(const Json& answer,
                                                  Discovery& discovery);

/// Adds a classic APIResourceList; its subresources are left out.
Status AddResourceList(const Json& answer, const ResourceListToRead& of,
                       Discovery& discovery);

/// Sorts `failed_groups` and drops what is in it twice.
void Finish(Discovery& discovery);

}  // namespace holdfast
