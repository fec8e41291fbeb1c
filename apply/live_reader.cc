#include "apply/live_reader.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "apply/facts.h"

namespace holdfast {
namespace {

// From here on one list costs less than the single reads: the server answers
// about 500 objects in the time of a dozen small requests.
constexpr std::size_t kListFrom = 12;

using KindInNamespace = std::pair<Gvk, std::string>;

bool IsFailed(const Discovery& discovery, const std::string& group) {
  const auto& failed = discovery.failed_groups;
  return std::find(failed.begin(), failed.end(), group) != failed.end();
}

/// At which version to read; null, with a gap where that is owed, if it is not served.
const ApiResource* Served(const Discovery& discovery, const ObjectRef& ref,
                          const std::string& version, Snapshot& snapshot) {
  const ApiResource* kind = nullptr;
  if (!version.empty()) kind = discovery.Find({ref.group, version, ref.kind});
  if (kind == nullptr) kind = discovery.FindKind(ref.group, ref.kind);
  if (kind == nullptr && IsFailed(discovery, ref.group)) {
    snapshot.gaps.push_back(
        {ref, Error{ErrorCode::kUnavailable,
                    "the API server cannot tell at present what " + ref.group + " serves"}});
  }
  return kind;
}

void ReadLists(Cluster& cluster, const std::vector<ListCall>& calls, Snapshot& snapshot) {
  if (calls.empty()) return;
  auto answers = cluster.List(calls);
  for (std::size_t i = 0; i < calls.size(); ++i) {
    const ListCall& call = calls[i];
    if (!answers[i].ok()) {
      snapshot.gaps.push_back(
          {{call.gvk.group, call.gvk.kind, call.name_space, ""}, answers[i].error()});
      continue;
    }
    for (Object& object : answers[i]->objects) snapshot.Put(std::move(object));
    snapshot.listed.push_back({call.gvk.group, call.gvk.kind, call.name_space});
  }
}

void ReadSingles(Cluster& cluster, const std::vector<ObjectKey>& keys, Snapshot& snapshot) {
  if (keys.empty()) return;
  auto answers = cluster.Get(keys);
  for (std::size_t i = 0; i < keys.size(); ++i) {
    if (answers[i].ok()) {
      snapshot.Put(std::move(answers[i]).value());
    } else if (answers[i].error().code != ErrorCode::kNotFound) {
      snapshot.gaps.push_back(
          {{keys[i].gvk.group, keys[i].gvk.kind, keys[i].name_space, keys[i].name},
           answers[i].error()});
    }
  }
}

}  // namespace

void ReadLive(Cluster& cluster, const Discovery& discovery, const std::vector<Wanted>& wanted,
              const std::vector<Snapshot::Listed>& lists, Snapshot& snapshot) {
  std::vector<ListCall> list_calls;
  std::set<KindInNamespace> listed;
  for (const Snapshot::Listed& list : lists) {
    if (snapshot.ListsAll(list.group, list.kind, list.name_space)) continue;
    const ObjectRef all{list.group, list.kind, list.name_space, ""};
    const ApiResource* kind = Served(discovery, all, "", snapshot);
    if (kind == nullptr) {
      // Not served: there is none of it, which is an answer too.
      if (!IsFailed(discovery, list.group)) snapshot.listed.push_back(list);
      continue;
    }
    if (listed.emplace(kind->gvk, list.name_space).second) {
      list_calls.push_back({kind->gvk, list.name_space, ""});
    }
  }

  std::map<KindInNamespace, std::set<std::string>> singles;
  for (const Wanted& want : wanted) {
    if (snapshot.objects.contains(want.ref)) continue;
    const ApiResource* kind = Served(discovery, want.ref, want.version, snapshot);
    if (kind == nullptr) continue;
    if (listed.contains({kind->gvk, ""}) || listed.contains({kind->gvk, want.ref.name_space})) {
      continue;
    }
    singles[{kind->gvk, want.ref.name_space}].insert(want.ref.name);
  }
  std::vector<ObjectKey> keys;
  for (const auto& [where, names] : singles) {
    if (names.size() >= kListFrom) {
      list_calls.push_back({where.first, where.second, ""});
      continue;
    }
    for (const std::string& name : names) keys.push_back({where.first, where.second, name});
  }
  ReadLists(cluster, list_calls, snapshot);
  ReadSingles(cluster, keys, snapshot);
}

namespace {

/// Adds to `lists` every kind that lives in namespaces, each at one version. A group that
/// discovery cannot tell of may have more: a gap.
void AddEverything(const Discovery& discovery, const std::string& name_space,
                   std::vector<Snapshot::Listed>& lists, Snapshot& snapshot) {
  for (const std::string& group : discovery.failed_groups) {
    snapshot.gaps.push_back(
        {{kEverything, kEverything, name_space, ""},
         Error{ErrorCode::kUnavailable,
               "the API server cannot tell at present what " + group + " serves"}});
  }
  for (const ApiResource& kind : discovery.resources) {
    // Events are remarks, and metrics are made up when they are asked for.
    const bool counts = kind.namespaced && kind.listable && kind.gvk.kind != "Event" &&
                        !kind.gvk.group.ends_with("metrics.k8s.io");
    if (counts && discovery.FindKind(kind.gvk.group, kind.gvk.kind) == &kind) {
      lists.push_back({kind.gvk.group, kind.gvk.kind, name_space});
    }
  }
}

}  // namespace

void ReadFacts(Cluster& cluster, const Discovery& discovery, PlanInput& input) {
  Facts asked;
  for (Facts needed = FactsNeeded(input); !needed.empty(); needed = FactsNeeded(input, asked)) {
    std::vector<Wanted> wanted;
    for (const ObjectRef& ref : needed.objects) wanted.push_back({ref, ""});
    std::vector<Snapshot::Listed> lists = needed.lists;
    for (const std::string& name : needed.namespaces) {
      AddEverything(discovery, name, lists, input.live);
    }
    ReadLive(cluster, discovery, wanted, lists, input.live);
    for (const std::string& name : needed.namespaces) {
      input.live.listed.push_back({kEverything, kEverything, name});
    }
    asked.objects.insert(asked.objects.end(), needed.objects.begin(), needed.objects.end());
    asked.lists.insert(asked.lists.end(), needed.lists.begin(), needed.lists.end());
    asked.namespaces.insert(asked.namespaces.end(), needed.namespaces.begin(),
                            needed.namespaces.end());
    std::sort(asked.objects.begin(), asked.objects.end());
    std::sort(asked.lists.begin(), asked.lists.end());
  }
}

}  // namespace holdfast
