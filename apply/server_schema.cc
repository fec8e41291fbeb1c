#include "apply/server_schema.h"

#include <algorithm>
#include <utility>

namespace holdfast {
namespace {

/// "apis/apps/v1": how the index names a group and version.
std::string NameInIndex(const Gvk& kind) {
  return (kind.group.empty() ? "api/" : "apis/") + kind.ApiVersion();
}

/// "ABC" of "/openapi/v3/apis/apps/v1?hash=ABC"; empty if there is none.
std::string HashOf(const std::string& target) {
  constexpr std::string_view kHash = "?hash=";
  const auto at = target.find(kHash);
  return at == std::string::npos ? "" : target.substr(at + kHash.size());
}

}  // namespace

void ServerSchema::Learn(Cluster& cluster, const std::vector<Gvk>& kinds) {
  std::vector<Gvk> custom;
  for (const Gvk& kind : kinds) {
    if (core_.Find(kind) == nullptr) custom.push_back(kind);
  }
  if (custom.empty()) return;
  std::sort(custom.begin(), custom.end());
  custom.erase(std::unique(custom.begin(), custom.end()), custom.end());

  const auto index = cluster.ReadDocuments({"/openapi/v3"}).front();
  if (!index.ok()) return Forget(custom, index.error());
  std::map<std::string, std::vector<Gvk>> to_learn;  // By the document's address.
  for (const Gvk& kind : custom) {
    const std::string target =
        StringIn(*index, "paths", NameInIndex(kind), "serverRelativeURL");
    const auto known = known_.find(kind);
    if (!target.starts_with("/openapi/v3/")) {
      Forget({kind}, {ErrorCode::kNotFound, "the API server tells no schema of " +
                                                kind.ApiVersion() + " " + kind.kind});
    } else if (known == known_.end() || !known->second.why.empty() ||
               known->second.hash.empty() || known->second.hash != HashOf(target)) {
      to_learn[target].push_back(kind);
    }
  }

  std::vector<std::string> asked;
  for (const auto& [target, these] : to_learn) {
    const auto cached = cache_.Load(HashOf(target));
    if (!cached) {
      asked.push_back(target);
      continue;
    }
    for (const Gvk& kind : these) LearnFrom(*cached, HashOf(target), kind);
  }
  if (asked.empty()) return;
  const auto documents = cluster.ReadDocuments(asked);
  for (std::size_t i = 0; i < asked.size(); ++i) {
    if (!documents[i].ok()) {
      Forget(to_learn[asked[i]], documents[i].error());
      continue;
    }
    const std::string hash = HashOf(asked[i]);
    for (const Gvk& kind : to_learn[asked[i]]) LearnFrom(*documents[i], hash, kind);
    cache_.Store(hash, *documents[i]);
  }
}

void ServerSchema::LearnFrom(const Json& document, const std::string& hash,
                             const Gvk& kind) {
  const Status learned = custom_.Learn(document, kind);
  known_[kind] = {hash, learned.ok() ? "" : learned.error().message};
}

void ServerSchema::Forget(const std::vector<Gvk>& kinds, const Error& why) {
  for (const Gvk& kind : kinds) known_[kind] = {"", why.message};
}

const Type* ServerSchema::Find(const Gvk& gvk) const {
  if (const Type* type = core_.Find(gvk); type != nullptr) return type;
  const auto known = known_.find(gvk);
  const bool good = known != known_.end() && known->second.why.empty();
  return good ? custom_.Find(gvk) : nullptr;
}

std::string ServerSchema::WhyUnknown(const Gvk& gvk) const {
  const auto known = known_.find(gvk);
  if (known == known_.end() || known->second.why.empty()) return Schema::WhyUnknown(gvk);
  return known->second.why;
}

}  // namespace holdfast
