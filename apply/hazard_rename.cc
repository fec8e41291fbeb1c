// H-C1: something with data is removed and something much alike is added. In Git that is
// a rename; in the cluster it is a new database, empty, beside data that nobody reads any
// more.

#include <algorithm>
#include <set>
#include <string>

#include "apply/hazard.h"
#include "apply/kinds.h"
#include "apply/pod_template.h"
#include "apply/stateful.h"
#include "apply/volumes.h"

namespace holdfast {
namespace {

/// How alike two specs must be, of what is written in Git: in tenths.
constexpr std::size_t kAlikeTenths = 8;

void Flatten(const Json& value, const std::string& path, std::set<std::string>& leaves) {
  if (value.is_object()) {
    for (auto it = value.begin(); it != value.end(); ++it) {
      if (it.key() == "replicas" || it.key() == "storage") continue;
      Flatten(it.value(), path + "/" + it.key(), leaves);
    }
  } else if (value.is_array()) {
    for (std::size_t i = 0; i < value.size(); ++i) {
      Flatten(value[i], path + "/" + std::to_string(i), leaves);
    }
  } else {
    leaves.insert(path + "=" + DumpJson(value));
  }
}

std::string Replaced(std::string text, const std::string& from, const std::string& to) {
  for (auto at = text.find(from); at != std::string::npos;
       at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
  return text;
}

/// What Git says of `added` that the live `removed` has too, in its own name.
bool Alike(const Object& removed, const Object& added) {
  std::set<std::string> before;
  std::set<std::string> after;
  Flatten(MapIn(removed.json(), "spec"), "", before);
  Flatten(MapIn(added.json(), "spec"), "", after);
  if (after.empty()) return true;
  std::size_t same = 0;
  for (const std::string& leaf : after) {
    const bool is_same =
        before.count(leaf) != 0 ||
        before.count(Replaced(leaf, added.ref().name, removed.ref().name)) != 0;
    if (is_same) ++same;
  }
  return same * 10 >= after.size() * kAlikeTenths;
}

void AddName(const std::string& name, std::string& names) {
  names += (names.empty() ? "" : ", ") + name;
}

/// The claims that `object` is, mounts or makes, as Git or its replicas tell.
std::string ClaimNames(const Object& object) {
  constexpr long long kMostShown = 5;
  std::string names;
  if (IsClaim(object.ref())) AddName(object.ref().name, names);
  for (const MountedClaim& mounted : MountedClaims(PodTemplate(object))) {
    AddName(mounted.claim, names);
  }
  const long long first = IntegerIn(0, object.json(), "spec", "ordinals", "start");
  const long long count = std::clamp(ReplicasOf(object), 1LL, kMostShown);
  for (const std::string& name : ClaimTemplateNames(object)) {
    for (long long i = first; i < first + count; ++i) {
      AddName(name + "-" + object.ref().name + "-" + std::to_string(i), names);
    }
  }
  return names;
}

/// Those that are there; a set that was stopped still has them.
std::string LiveClaimNames(const Object& object, const Snapshot& live) {
  std::string names;
  for (const Object* claim : ClaimsOfWorkload(object, live))
    AddName(claim->ref().name, names);
  return names.empty() ? ClaimNames(object) : names;
}

bool HoldsData(const Object& object) {
  return IsClaim(object.ref()) || (IsStateful(object) && !ClaimNames(object).empty());
}

}  // namespace

void RefuseRename(const Outlook& outlook, RevisionFindings& findings) {
  std::vector<const Manifest*> added;
  for (const Manifest& manifest : outlook.input().desired) {
    const bool is_new = outlook.live().Find(manifest.object.ref()) == nullptr;
    if (is_new && HoldsData(manifest.object)) added.push_back(&manifest);
  }
  for (const Removal& removal : outlook.removals()) {
    if (removal.fate != Removal::Fate::kDelete || !HoldsData(*removal.live)) continue;
    for (const Manifest* manifest : added) {
      const ObjectRef& from = removal.live->ref();
      const ObjectRef& to = manifest->object.ref();
      if (!to.Is(from.group, from.kind) || !Alike(*removal.live, manifest->object))
        continue;
      const Finding finding{
          "H-C1", Ruling::kRefuse,
          manifest->source.ToString() + ": this looks like a rename of " +
              from.ToString() + " to " + to.ToString() +
              ": the new one starts with an empty volume (" +
              ClaimNames(manifest->object) + "), and the data stay behind on the old (" +
              LiveClaimNames(*removal.live, outlook.live()) + ")",
          "keep the old name and namespace; to move the data, add the new one beside the "
          "old in one commit, copy the data, and remove the old in a later one"};
      findings.objects.emplace(from, finding);
      findings.objects.emplace(to, finding);
      break;
    }
  }
}

}  // namespace holdfast
