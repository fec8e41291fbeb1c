// Paths of the API: where a kind's objects are.

#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "apply/cluster.h"
#include "diff/result.h"

namespace holdfast {

/// The kind as the server serves it. kInvalid if it does not, with the versions
/// and groups that do have the kind; kUnavailable if discovery of its group failed,
/// since then nobody knows (H-I3).
Result<const ApiResource*> Resolve(const Discovery& discovery, const Gvk& gvk);

/// "/api/v1/namespaces/default/configmaps", "/apis/apps/v1/deployments" (all
/// namespaces), "/api/v1/nodes".
std::string CollectionPath(const ApiResource& resource, std::string_view name_space);

/// The path of one object. kInvalid unless a namespaced kind comes with a
/// namespace, any other without, and the name is not empty.
Result<std::string> ObjectPath(const ApiResource& resource, std::string_view name_space,
                               std::string_view name);

/// "?a=1&b=2" of those pairs whose value is not empty; "" if there are none.
std::string Query(const std::vector<std::pair<std::string, std::string>>& parameters);

/// Everything but RFC 3986's unreserved characters as %XX.
std::string PercentEncoded(std::string_view text);

}  // namespace holdfast
