// Workloads and their pods: Deployment, ReplicaSet, StatefulSet (KEP-1847 among it), the
// scheduler and the node.

#include <algorithm>
#include <iterator>
#include <map>
#include <optional>
#include <string>

#include "diff/json.h"
#include "tests/memory-cluster/controllers.h"

namespace holdfast::memory {
namespace {

constexpr const char* kSelectedNode = "volume.kubernetes.io/selected-node";
constexpr const char* kHash = "pod-template-hash";
constexpr const char* kRevision = "controller-revision-hash";

const Json& SpecOf(const Object& object) { return MapIn(object.json(), "spec"); }

long long ReplicasOf(const Object& workload) {
  return IntegerIn(1, workload.json(), "spec", "replicas");
}

/// FNV-1a of the template, as the controllers name revisions by a hash.
std::string TemplateHash(const Object& workload) {
  unsigned long long hash = 1469598103934665603ULL;
  for (const char c : DumpJson(MapIn(workload.json(), "spec", "template"))) {
    hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211ULL;
  }
  std::string text;
  for (int i = 0; i < 10; ++i, hash /= 26) text += static_cast<char>('a' + hash % 26);
  return text;
}

Json OwnedBy(const Object& owner) {
  return Json::array({{{"apiVersion", owner.gvk().ApiVersion()},
                       {"kind", owner.ref().kind},
                       {"name", owner.ref().name},
                       {"uid", owner.uid()},
                       {"controller", true},
                       {"blockOwnerDeletion", true}}});
}

bool IsOwnedBy(const Object& object, const std::string& uid) {
  for (const Json& owner : ArrayIn(object.json(), "metadata", "ownerReferences")) {
    if (StringIn(owner, "uid") == uid) return true;
  }
  return false;
}

bool HasController(const Object& object) {
  for (const Json& owner : ArrayIn(object.json(), "metadata", "ownerReferences")) {
    if (owner.value("controller", false)) return true;
  }
  return false;
}

std::vector<const Object*> OwnedIn(const MemoryServer& server, const char* group,
                                   const char* kind, const Object& owner) {
  std::vector<const Object*> owned;
  for (const Object* one : server.All(group, kind, owner.ref().name_space)) {
    if (IsOwnedBy(*one, owner.uid())) owned.push_back(one);
  }
  return owned;
}

bool IsReady(const Object& pod) {
  for (const Json& condition : ArrayIn(pod.json(), "status", "conditions")) {
    if (StringIn(condition, "type") == "Ready")
      return StringIn(condition, "status") == "True";
  }
  return false;
}

void DeletePod(MemoryServer& server, const Object& pod) {
  (void)server.Delete(pod.ref(), {.uid = pod.uid(), .resource_version = ""},
                      Propagation::kBackground, WriteMode::kReal);
}

bool Make(MemoryServer& server, Json json) {
  auto object = Object::Make(std::move(json));
  if (!object.ok()) return false;
  return std::holds_alternative<Object>(server.Create(
      std::move(object).value(), "kube-controller-manager", WriteMode::kReal));
}

struct Condition {
  const char* type;
  const char* status;
  const char* reason;
};

Json Conditions(const std::vector<Condition>& conditions) {
  Json list = Json::array();
  for (const Condition& one : conditions) {
    Json json = {{"type", one.type}, {"status", one.status}};
    if (*one.reason != 0) json["reason"] = one.reason;
    list.push_back(std::move(json));
  }
  return list;
}

/// False if it says so already. What is 0 is left out, as the real controllers do.
bool SetStatus(MemoryServer& server, const Object& object, Json status) {
  for (auto member = status.begin(); member != status.end();) {
    member = *member == 0 ? status.erase(member) : std::next(member);
  }
  if (MapIn(object.json(), "status") == status) return false;
  Json json = object.json();
  json["status"] = std::move(status);
  server.Put(std::move(json));
  return true;
}

Json PodFrom(const Object& workload, const std::string& name) {
  const Json& pod = MapIn(workload.json(), "spec", "template");
  Json json = {
      {"apiVersion", "v1"}, {"kind", "Pod"}, {"metadata", MapIn(pod, "metadata")}};
  json["metadata"]["name"] = name;
  json["metadata"]["namespace"] = workload.ref().name_space;
  json["metadata"]["ownerReferences"] = OwnedBy(workload);
  json["spec"] = MapIn(pod, "spec");
  return json;
}

// --- the scheduler and the node

std::vector<std::string> ClaimsOf(const Object& pod) {
  std::vector<std::string> claims;
  for (const Json& volume : ArrayIn(pod.json(), "spec", "volumes")) {
    const std::string claim = StringIn(volume, "persistentVolumeClaim", "claimName");
    if (!claim.empty()) claims.push_back(claim);
  }
  return claims;
}

/// A pod gets its node when its claims are there, not on their way out, and bound; a
/// claim that waits for its first pod learns the node before.
bool Schedule(MemoryServer& server) {
  for (const Object* pod : server.All("", "Pod")) {
    if (!StringIn(pod->json(), "spec", "nodeName").empty() || pod->terminating())
      continue;
    bool fits = true;
    for (const std::string& name : ClaimsOf(*pod)) {
      const Object* claim =
          server.Find({"", "PersistentVolumeClaim", pod->ref().name_space, name});
      if (claim == nullptr || claim->terminating()) {
        fits = false;
        break;
      }
      if (StringIn(claim->json(), "status", "phase") == "Bound") continue;
      fits = false;
      const Object* of_class =
          server.Find({"storage.k8s.io", "StorageClass", "",
                       StringIn(claim->json(), "spec", "storageClassName")});
      const bool waits =
          of_class != nullptr && claim->annotation(kSelectedNode).empty() &&
          StringIn(of_class->json(), "volumeBindingMode") == "WaitForFirstConsumer";
      if (!waits) continue;
      Json json = claim->json();
      json["metadata"]["annotations"][kSelectedNode] = "node-1";
      server.Put(std::move(json));
      return true;
    }
    if (!fits) continue;
    Json json = pod->json();
    json["spec"]["nodeName"] = "node-1";
    server.Put(std::move(json));
    return true;
  }
  return false;
}

bool RunPods(MemoryServer& server) {
  for (const Object* pod : server.All("", "Pod")) {
    if (pod->terminating()) {
      server.Remove(pod->ref());
      return true;
    }
    const bool runs = StringIn(pod->json(), "status", "phase") == "Running";
    if (StringIn(pod->json(), "spec", "nodeName").empty() || runs) continue;
    Json json = pod->json();
    json["status"] = {{"phase", "Running"},
                      {"conditions", Conditions({{"Ready", "True", ""}})}};
    server.Put(std::move(json));
    return true;
  }
  return false;
}

// --- ReplicaSet and Deployment

bool ReplicaSets(MemoryServer& server) {
  for (const Object* set : server.All("apps", "ReplicaSet")) {
    if (set->terminating()) continue;
    std::vector<const Object*> alive;
    long long ready = 0;
    for (const Object* pod : OwnedIn(server, "", "Pod", *set)) {
      if (pod->terminating()) continue;
      alive.push_back(pod);
      ready += IsReady(*pod) ? 1 : 0;
    }
    const long long wanted = ReplicasOf(*set);
    const auto count = static_cast<long long>(alive.size());
    if (count > wanted) {
      DeletePod(server, *alive.back());
      return true;
    }
    if (count < wanted) {
      const std::string name =
          set->ref().name + "-" + std::to_string(server.version() % 100'000);
      if (Make(server, PodFrom(*set, name))) return true;
    }
    if (SetStatus(server, *set,
                  {{"replicas", count},
                   {"readyReplicas", ready},
                   {"availableReplicas", ready},
                   {"observedGeneration",
                    IntegerIn(1, set->json(), "metadata", "generation")}})) {
      return true;
    }
  }
  return false;
}

bool SetReplicas(MemoryServer& server, const Object& set, long long replicas) {
  if (ReplicasOf(set) == replicas) return false;
  Json json = set.json();
  json["spec"]["replicas"] = replicas;
  json["metadata"]["generation"] = IntegerIn(1, set.json(), "metadata", "generation") + 1;
  server.Put(std::move(json));
  return true;
}

Json ReplicaSetFrom(const Object& deployment, const std::string& hash) {
  Json json = {
      {"apiVersion", "apps/v1"},
      {"kind", "ReplicaSet"},
      {"metadata",
       {{"name", deployment.ref().name + "-" + hash},
        {"namespace", deployment.ref().name_space},
        {"labels", MapIn(deployment.json(), "spec", "template", "metadata", "labels")},
        {"ownerReferences", OwnedBy(deployment)}}},
      {"spec",
       {{"replicas", ReplicasOf(deployment)},
        {"selector", MapIn(deployment.json(), "spec", "selector")},
        {"template", MapIn(deployment.json(), "spec", "template")}}}};
  json["metadata"]["labels"][kHash] = hash;
  json["spec"]["selector"]["matchLabels"][kHash] = hash;
  json["spec"]["template"]["metadata"]["labels"][kHash] = hash;
  return json;
}

bool RunDeployment(MemoryServer& server, const Object& deployment) {
  const std::string name = deployment.ref().name + "-" + TemplateHash(deployment);
  const Object* newest = nullptr;
  std::vector<const Object*> old;
  long long total = 0;
  long long old_pods = 0;
  for (const Object* set : OwnedIn(server, "apps", "ReplicaSet", deployment)) {
    const auto pods = static_cast<long long>(OwnedIn(server, "", "Pod", *set).size());
    total += IntegerIn(0, set->json(), "status", "replicas");
    if (set->ref().name == name) {
      newest = set;
    } else {
      old.push_back(set);
      old_pods += pods;
    }
  }
  const bool recreate = StringIn(SpecOf(deployment), "strategy", "type") == "Recreate";
  const long long wanted = ReplicasOf(deployment);
  const long long ready =
      newest == nullptr ? 0 : IntegerIn(0, newest->json(), "status", "readyReplicas");
  if (recreate || ready >= wanted) {
    for (const Object* set : old) {
      if (SetReplicas(server, *set, 0)) return true;
    }
  }
  const bool may_start = !recreate || old_pods == 0;
  if (may_start && newest == nullptr &&
      Make(server, ReplicaSetFrom(deployment, TemplateHash(deployment)))) {
    return true;
  }
  if (may_start && newest != nullptr && SetReplicas(server, *newest, wanted)) return true;
  const long long updated =
      newest == nullptr ? 0 : IntegerIn(0, newest->json(), "status", "replicas");
  const bool done = updated == wanted && ready == wanted && total == wanted;
  return SetStatus(
      server, deployment,
      {{"observedGeneration", IntegerIn(1, deployment.json(), "metadata", "generation")},
       {"replicas", total},
       {"updatedReplicas", updated},
       {"readyReplicas", ready},
       {"availableReplicas", ready},
       {"conditions",
        Conditions({{"Available", ready >= wanted ? "True" : "False", ""},
                    {"Progressing", "True",
                     done ? "NewReplicaSetAvailable" : "ReplicaSetUpdated"}})}});
}

bool Deployments(MemoryServer& server) {
  for (const Object* deployment : server.All("apps", "Deployment")) {
    if (!deployment->terminating() && RunDeployment(server, *deployment)) return true;
  }
  return false;
}

// --- StatefulSet

class SetController {
 public:
  SetController(MemoryServer& server, const Object& set)
      : server_(server),
        set_(set),
        first_(IntegerIn(0, set.json(), "spec", "ordinals", "start")),
        replicas_(ReplicasOf(set)),
        newest_(TemplateHash(set)) {
    for (const Object* pod : server.All("", "Pod", set.ref().name_space)) {
      const auto ordinal = OrdinalOf(pod->ref().name);
      if (ordinal && IsOwnedBy(*pod, set.uid())) pods_[*ordinal] = pod;
    }
  }

  bool Step() {
    return Adopt() || FollowRetention() || Start() || ScaleDown() || Roll() || Tell();
  }

 private:
  std::string PodName(long long ordinal) const {
    return set_.ref().name + "-" + std::to_string(ordinal);
  }

  std::optional<long long> OrdinalOf(const std::string& pod) const {
    const std::string prefix = set_.ref().name + "-";
    if (!pod.starts_with(prefix) || pod.size() > prefix.size() + 6) return std::nullopt;
    long long ordinal = 0;
    for (const char c : pod.substr(prefix.size())) {
      if (c < '0' || c > '9') return std::nullopt;
      ordinal = ordinal * 10 + (c - '0');
    }
    return pod.size() == prefix.size() ? std::nullopt : std::optional(ordinal);
  }

  bool InRange(long long ordinal) const {
    return ordinal >= first_ && ordinal < first_ + replicas_;
  }

  std::string Retention(const char* when) const {
    return StringIn(SpecOf(set_), "persistentVolumeClaimRetentionPolicy", when);
  }

  const Object* ClaimOf(const Json& from, long long ordinal) const {
    return server_.Find({"", "PersistentVolumeClaim", set_.ref().name_space,
                         StringIn(from, "metadata", "name") + "-" + PodName(ordinal)});
  }

  /// Pods that an earlier set of this name left behind become its own.
  bool Adopt() {
    for (const Object* pod : server_.All("", "Pod", set_.ref().name_space)) {
      if (!OrdinalOf(pod->ref().name) || HasController(*pod) || pod->terminating())
        continue;
      bool selected = true;
      for (const auto& [key, value] :
           MapIn(SpecOf(set_), "selector", "matchLabels").items()) {
        selected = selected && Json(pod->label(key)) == value;
      }
      if (!selected) continue;
      Json json = pod->json();
      json["metadata"]["ownerReferences"] = OwnedBy(set_);
      server_.Put(std::move(json));
      return true;
    }
    return false;
  }

  /// Who owns the claims of ordinal `ordinal`, as the retention policy says: the set
  /// (whenDeleted), the pod of an ordinal that leaves (whenScaled), nobody.
  Json OwnersFor(const Object& claim, long long ordinal) const {
    Json owners = Json::array();
    const auto pod = pods_.find(ordinal);
    for (const Json& owner : ArrayIn(claim.json(), "metadata", "ownerReferences")) {
      const bool ours =
          StringIn(owner, "uid") == set_.uid() || StringIn(owner, "kind") == "Pod";
      if (!ours) owners.push_back(owner);
    }
    const bool leaves = !InRange(ordinal);
    Json owner;
    if (leaves && Retention("whenScaled") == "Delete" && pod != pods_.end()) {
      owner = OwnedBy(*pod->second)[0];
    } else if (Retention("whenDeleted") == "Delete" &&
               !(leaves && Retention("whenScaled") == "Delete")) {
      owner = OwnedBy(set_)[0];
    }
    if (!owner.is_null()) owners.push_back(std::move(owner));
    return owners;
  }

  bool FollowRetention() {
    for (const auto& [ordinal, pod] : pods_) {
      for (const Json& from : ArrayIn(SpecOf(set_), "volumeClaimTemplates")) {
        const Object* claim = ClaimOf(from, ordinal);
        if (claim == nullptr || claim->terminating()) continue;
        Json owners = OwnersFor(*claim, ordinal);
        if (owners == ArrayIn(claim->json(), "metadata", "ownerReferences")) continue;
        Json json = claim->json();
        json["metadata"]["ownerReferences"] = std::move(owners);
        server_.PutOrRemove(std::move(json));
        return true;
      }
    }
    return false;
  }

  bool MakeClaim(const Json& from, long long ordinal) {
    Json json = {{"apiVersion", "v1"},
                 {"kind", "PersistentVolumeClaim"},
                 {"metadata", MapIn(from, "metadata")},
                 {"spec", MapIn(from, "spec")}};
    json["metadata"]["name"] =
        StringIn(from, "metadata", "name") + "-" + PodName(ordinal);
    json["metadata"]["namespace"] = set_.ref().name_space;
    for (const auto& [key, value] :
         MapIn(SpecOf(set_), "selector", "matchLabels").items()) {
      json["metadata"]["labels"][key] = value;
    }
    if (Retention("whenDeleted") == "Delete")
      json["metadata"]["ownerReferences"] = OwnedBy(set_);
    return Make(server_, std::move(json));
  }

  /// The lowest ordinal that is missing, its claims before its pod; with OrderedReady
  /// only when those before it are ready.
  bool Start() {
    const bool ordered = StringIn(SpecOf(set_), "podManagementPolicy") != "Parallel";
    for (long long i = first_; i < first_ + replicas_; ++i) {
      const auto pod = pods_.find(i);
      if (pod != pods_.end()) {
        if (ordered && (!IsReady(*pod->second) || pod->second->terminating()))
          return false;
        continue;
      }
      bool on_its_way_out = false;
      for (const Json& from : ArrayIn(SpecOf(set_), "volumeClaimTemplates")) {
        const Object* claim = ClaimOf(from, i);
        if (claim == nullptr && MakeClaim(from, i)) return true;
        if (claim == nullptr) return false;
        on_its_way_out = on_its_way_out || claim->terminating();
      }
      if (!on_its_way_out && MakePod(i)) return true;
      if (ordered) return false;
    }
    return false;
  }

  bool MakePod(long long ordinal) {
    Json json = PodFrom(set_, PodName(ordinal));
    json["metadata"]["labels"][kRevision] = newest_;
    json["metadata"]["labels"]["statefulset.kubernetes.io/pod-name"] = PodName(ordinal);
    for (const Json& from : ArrayIn(SpecOf(set_), "volumeClaimTemplates")) {
      const std::string name = StringIn(from, "metadata", "name");
      json["spec"]["volumes"].push_back(
          {{"name", name},
           {"persistentVolumeClaim", {{"claimName", name + "-" + PodName(ordinal)}}}});
    }
    return Make(server_, std::move(json));
  }

  /// The highest ordinal beyond the range, one after the other.
  bool ScaleDown() {
    for (auto pod = pods_.rbegin(); pod != pods_.rend(); ++pod) {
      if (InRange(pod->first)) continue;
      if (pod->second->terminating()) return false;
      DeletePod(server_, *pod->second);
      return true;
    }
    return false;
  }

  /// The highest ordinal of an older template, when all pods are ready.
  bool Roll() {
    if (StringIn(SpecOf(set_), "updateStrategy", "type") == "OnDelete") return false;
    const long long partition =
        IntegerIn(0, SpecOf(set_), "updateStrategy", "rollingUpdate", "partition");
    for (auto pod = pods_.rbegin(); pod != pods_.rend(); ++pod) {
      if (!InRange(pod->first) || pod->first < partition) continue;
      const bool old = pod->second->label(kRevision) != newest_;
      if (old && !pod->second->terminating()) {
        DeletePod(server_, *pod->second);
        return true;
      }
      if (pod->second->terminating() || !IsReady(*pod->second)) return false;
    }
    return false;
  }

  bool Tell() {
    long long ready = 0;
    long long updated = 0;
    long long count = 0;
    for (const auto& [ordinal, pod] : pods_) {
      ++count;
      ready += IsReady(*pod) && !pod->terminating() ? 1 : 0;
      updated += pod->label(kRevision) == newest_ ? 1 : 0;
    }
    const std::string before = StringIn(set_.json(), "status", "currentRevision");
    const bool all = updated == count && count == replicas_;
    return SetStatus(
        server_, set_,
        {{"observedGeneration", IntegerIn(1, set_.json(), "metadata", "generation")},
         {"replicas", count},
         {"readyReplicas", ready},
         {"availableReplicas", ready},
         {"updatedReplicas", updated},
         {"currentRevision", all || before.empty() ? newest_ : before},
         {"updateRevision", newest_}});
  }

  MemoryServer& server_;
  const Object& set_;
  long long first_;
  long long replicas_;
  std::string newest_;
  std::map<long long, const Object*> pods_;
};

bool StatefulSets(MemoryServer& server) {
  for (const Object* set : server.All("apps", "StatefulSet")) {
    if (!set->terminating() && SetController(server, *set).Step()) return true;
  }
  return false;
}

// --- what is there because a namespace is, or says that it has been seen

bool MakeServiceAccounts(MemoryServer& server) {
  for (const Object* space : server.All("", "Namespace")) {
    if (space->terminating()) continue;
    if (server.Find({"", "ServiceAccount", space->ref().name, "default"}) != nullptr)
      continue;
    return Make(server,
                {{"apiVersion", "v1"},
                 {"kind", "ServiceAccount"},
                 {"metadata", {{"name", "default"}, {"namespace", space->ref().name}}}});
  }
  return false;
}

bool SeeBudgets(MemoryServer& server) {
  for (const Object* budget : server.All("policy", "PodDisruptionBudget")) {
    const long long generation = IntegerIn(1, budget->json(), "metadata", "generation");
    if (SetStatus(server, *budget, {{"observedGeneration", generation}})) return true;
  }
  return false;
}

}  // namespace

void AddWorkloadControllers(std::vector<Controller>& controllers) {
  controllers.push_back({{"Pod", "PersistentVolumeClaim", "StorageClass"}, Schedule});
  controllers.push_back({{"Pod"}, RunPods});
  controllers.push_back({{"Pod", "ReplicaSet"}, ReplicaSets});
  controllers.push_back({{"Pod", "ReplicaSet", "Deployment"}, Deployments});
  controllers.push_back({{"Pod", "PersistentVolumeClaim", "StatefulSet"}, StatefulSets});
  controllers.push_back({{"Namespace", "ServiceAccount"}, MakeServiceAccounts});
  controllers.push_back({{"PodDisruptionBudget"}, SeeBudgets});
}

}  // namespace holdfast::memory
