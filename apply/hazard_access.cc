// H-G10, H-H9: rights are taken away. Running pods notice at their next request, and what
// Holdfast may no longer read, it can no longer judge.

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "apply/hazard.h"
#include "apply/pod_template.h"

namespace holdfast {
namespace {

constexpr const char* kGroup = "rbac.authorization.k8s.io";

bool IsBinding(const ObjectRef& ref) {
  return ref.Is(kGroup, "RoleBinding") || ref.Is(kGroup, "ClusterRoleBinding");
}
bool IsRole(const ObjectRef& ref) {
  return ref.Is(kGroup, "Role") || ref.Is(kGroup, "ClusterRole");
}

/// "namespace/name" of the accounts that the binding gives its role to.
std::set<std::string> AccountsOf(const Object& binding) {
  std::set<std::string> accounts;
  for (const Json& one : ArrayIn(binding.json(), "subjects")) {
    if (StringIn(one, "kind") != "ServiceAccount") continue;
    std::string name_space = StringIn(one, "namespace");
    if (name_space.empty()) name_space = binding.ref().name_space;
    accounts.insert(name_space + "/" + StringIn(one, "name"));
  }
  return accounts;
}

/// True if the binding gives rights to an account in Holdfast's own namespace.
bool IsOurs(const Object& binding, const Outlook& outlook) {
  const std::string head = outlook.input().inventory_namespace + "/";
  const auto accounts = AccountsOf(binding);
  return std::any_of(accounts.begin(), accounts.end(),
                     [&](const std::string& one) { return one.starts_with(head); });
}

/// True if a binding of ours, in Git or live, names the role.
bool IsOurRole(const ObjectRef& role, const Outlook& outlook) {
  for (const Object* one : outlook.Remaining()) {
    if (!IsBinding(one->ref()) || !IsOurs(*one, outlook)) continue;
    const Json& named = MapIn(one->json(), "roleRef");
    if (StringIn(named, "kind") == role.kind && StringIn(named, "name") == role.name) {
      return true;
    }
  }
  return false;
}

/// Each right of a role as a text of its own: group, resource, verb.
std::set<std::string> RightsOf(const Object& role) {
  std::set<std::string> rights;
  for (const Json& rule : ArrayIn(role.json(), "rules")) {
    const std::string names = DumpJson(ArrayIn(rule, "resourceNames"));
    for (const Json& verb : ArrayIn(rule, "verbs")) {
      for (const Json& group : ArrayIn(rule, "apiGroups")) {
        for (const Json& resource : ArrayIn(rule, "resources")) {
          rights.insert((verb.is_string() ? verb.get<std::string>() : "") + " " +
                        (resource.is_string() ? resource.get<std::string>() : "") +
                        (group == "" ? "" : "." + (group.is_string() ? group.get<std::string>() : "")) +
                        (names == "[]" ? "" : " " + names));
        }
      }
    }
  }
  return rights;
}

std::string FirstLost(const std::set<std::string>& before,
                      const std::set<std::string>& after) {
  for (const std::string& one : before) {
    if (after.count(one) == 0) return one;
  }
  return "";
}

}  // namespace

void WarnAccessDeletion(const DeletionCase& deletion, std::vector<Finding>& findings) {
  if (!IsBinding(deletion.live.ref())) return;
  const auto accounts = AccountsOf(deletion.live);
  for (const Object* one : deletion.outlook.Remaining()) {
    const PodTemplate pods(*one);
    if (!pods.exists()) continue;
    const std::string account = StringIn(pods.spec(), "serviceAccountName");
    if (accounts.count(one->ref().name_space + "/" + account) == 0) continue;
    findings.push_back(
        {"H-G10", Ruling::kWarn,
         "the pods of " + one->ref().ToString() + " run as ServiceAccount " + account +
             ", which loses what " + deletion.live.ref().kind + " " +
             deletion.live.ref().name + " allows it",
         "keep its manifest in Git as long as the pods need it"});
    return;
  }
}

void ForbidOwnAccessDeletion(const DeletionCase& deletion,
                             std::vector<Finding>& findings) {
  const Object& object = deletion.live;
  const bool ours = (IsBinding(object.ref()) && IsOurs(object, deletion.outlook)) ||
                    (IsRole(object.ref()) && IsOurRole(object.ref(), deletion.outlook));
  if (!ours) return;
  findings.push_back({"H-H9", Ruling::kRefuse,
                      object.ref().ToString() +
                          " gives Holdfast itself its rights: without them it can neither "
                          "read nor write",
                      "keep its manifest in Git, or delete it by hand after Holdfast is "
                      "gone"});
}

void GuardOwnRights(const ChangeCase& change, std::vector<Finding>& findings) {
  if (change.live == nullptr) return;
  const Outlook& outlook = change.outlook;
  std::string lost;
  if (IsBinding(change.ref()) && IsOurs(*change.live, outlook)) {
    lost = FirstLost(AccountsOf(*change.live), AccountsOf(change.After()));
    if (!lost.empty()) lost = "all that " + change.ref().ToString() + " gives to " + lost;
  } else if (IsRole(change.ref())) {
    lost = FirstLost(RightsOf(*change.live), RightsOf(change.After()));
    if (!lost.empty() && !IsOurRole(change.ref(), outlook)) lost.clear();
    if (!lost.empty()) lost = "the right to " + lost;
  }
  if (lost.empty()) return;
  findings.push_back(
      {"H-H9", Ruling::kHold,
       change.manifest.source.ToString() + ": Holdfast itself would lose " + lost +
           ": what it may not read it cannot judge, and what it may not write stays half "
           "done",
       "keep the right; or take it away by hand, when no sync needs it any more"});
}

}  // namespace holdfast
