#include "apply/served_by.h"

#include <map>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>

#include "apply/kinds.h"
#include "apply/pod_template.h"
#include "apply/stateful.h"

namespace holdfast {
namespace {

constexpr const char* kRbac = "rbac.authorization.k8s.io";

Edge Soft(const ObjectRef& from, const ObjectRef& to, std::string why) {
  return {from, to, EdgeStrength::kSoft, false, false, std::move(why), ""};
}

bool IsServedThroughService(const ObjectRef& ref) {
  return ref.group == "admissionregistration.k8s.io" ||
         ref.Is("apiregistration.k8s.io", "APIService");
}

class ServerFinder {
 public:
  ServerFinder(const std::vector<const Object*>& objects,
               const WorkloadsByLabel& workloads)
      : objects_(objects), workloads_(workloads) {
    for (const Object* object : objects) by_ref_.emplace(object->ref(), object);
  }

  std::vector<Edge> Find(const std::vector<Edge>& named) {
    FindOperators();
    FindProvisioners(named);
    FindBackends(named);
    return std::move(edges_);
  }

 private:
  const Object* Get(const ObjectRef& ref) const {
    const auto found = by_ref_.find(ref);
    return found == by_ref_.end() ? nullptr : found->second;
  }

  /// The API groups that a role names. "*" names none: whoever may do everything is the
  /// operator of nothing in particular.
  static std::set<std::string> GroupsOf(const Object& role) {
    std::set<std::string> groups;
    for (const Json& rule : ArrayIn(role.json(), "rules")) {
      for (const Json& group : ArrayIn(rule, "apiGroups")) {
        if (group.is_string() && group != "*") groups.insert(group.get<std::string>());
      }
    }
    return groups;
  }

  /// API group to the ServiceAccounts (namespace, name) that have rights in it.
  std::map<std::string, std::set<std::pair<std::string, std::string>>> RightsByGroup()
      const {
    std::map<std::string, std::set<std::pair<std::string, std::string>>> rights;
    for (const Object* binding : objects_) {
      const ObjectRef& ref = binding->ref();
      if (!ref.Is(kRbac, "RoleBinding") && !ref.Is(kRbac, "ClusterRoleBinding")) continue;
      const std::string kind = StringIn(binding->json(), "roleRef", "kind");
      const Object* role = Get({kRbac, kind, kind == "Role" ? ref.name_space : "",
                                StringIn(binding->json(), "roleRef", "name")});
      if (role == nullptr) continue;
      const std::set<std::string> groups = GroupsOf(*role);
      for (const Json& subject : ArrayIn(binding->json(), "subjects")) {
        if (StringIn(subject, "kind") != "ServiceAccount") continue;
        std::string name_space = StringIn(subject, "namespace");
        if (name_space.empty()) name_space = ref.name_space;
        for (const std::string& group : groups) {
          rights[group].emplace(name_space, StringIn(subject, "name"));
        }
      }
    }
    return rights;
  }

  void FindOperators() {
    std::vector<const Object*> custom;
    for (const Object* object : objects_) {
      const ObjectRef& ref = object->ref();
      if (!IsBuiltInKind(ref.group, ref.kind) && !PodTemplate(*object).exists()) {
        custom.push_back(object);
      }
    }
    if (custom.empty()) return;
    const auto rights = RightsByGroup();
    std::map<std::pair<std::string, std::string>, std::vector<const Object*>> by_account;
    for (const Object* object : objects_) {
      const PodTemplate pods(*object);
      const std::string account = StringIn(pods.spec(), "serviceAccountName");
      if (account.empty()) continue;
      by_account[{object->ref().name_space, account}].push_back(object);
    }
    for (const Object* object : custom) {
      const auto accounts = rights.find(object->ref().group);
      if (accounts == rights.end()) continue;
      for (const auto& account : accounts->second) {
        const auto workloads = by_account.find(account);
        if (workloads == by_account.end()) continue;
        for (const Object* one : workloads->second) {
          edges_.push_back(Soft(object->ref(), one->ref(),
                                one->ref().kind + " " + one->ref().name +
                                    " has the rights for its kind, so it is its operator"));
        }
      }
    }
  }

  static bool Names(const Object& workload, const std::string& word) {
    for (const ContainerAt& container : PodTemplate(workload).Containers()) {
      for (const char* list : {"command", "args"}) {
        for (const Json& text : ArrayIn(*container.json, list)) {
          if (text.is_string() && text.get_ref<const std::string&>().find(word) !=
                                      std::string::npos) {
            return true;
          }
        }
      }
      for (const Json& variable : ArrayIn(*container.json, "env")) {
        if (StringIn(variable, "value").find(word) != std::string::npos) return true;
      }
    }
    return false;
  }

  /// "rancher.io/local-path" is served by image rancher/local-path-provisioner, which is
  /// not told its own name.
  static bool IsImageOf(const Object& workload, const std::string& provisioner) {
    const auto slash = provisioner.rfind('/');
    if (slash == std::string::npos) return false;
    const std::string stem = provisioner.substr(slash + 1) + "-provisioner";
    for (const ContainerAt& container : PodTemplate(workload).Containers()) {
      if (StringIn(*container.json, "image").find(stem) != std::string::npos) return true;
    }
    return false;
  }

  void FindProvisioners(const std::vector<Edge>& named) {
    std::vector<const Object*> drivers;
    for (const Object* object : objects_) {
      if (IsStorageDriver(*object)) drivers.push_back(object);
    }
    if (drivers.empty()) return;
    std::map<ObjectRef, std::vector<const Object*>> of_class;
    for (const Edge& edge : named) {
      if (!IsStorageClass(edge.to) || IsVolume(edge.from)) continue;
      const Object* storage_class = Get(edge.to);
      if (storage_class == nullptr) continue;
      const std::string provisioner = StringIn(storage_class->json(), "provisioner");
      if (provisioner.empty()) continue;
      const auto [known, is_new] = of_class.try_emplace(edge.to);
      for (const Object* driver : drivers) {
        if (is_new && (Names(*driver, provisioner) || IsImageOf(*driver, provisioner))) {
          known->second.push_back(driver);
        }
      }
      for (const Object* driver : known->second) {
        edges_.push_back(Soft(edge.from, driver->ref(),
                              driver->ref().kind + " " + driver->ref().name +
                                  " makes the volumes of StorageClass " + edge.to.name));
      }
    }
  }

  void FindBackends(const std::vector<Edge>& named) {
    for (const Edge& edge : named) {
      if (!IsServedThroughService(edge.from) || !edge.to.Is("", "Service")) continue;
      const Object* service = Get(edge.to);
      if (service == nullptr) continue;
      for (const Object* one :
           workloads_.Selected(edge.to.name_space, SelectorOf(*service))) {
        edges_.push_back(Soft(edge.from, one->ref(),
                              "Service " + edge.to.name + " leads to the pods of " +
                                  one->ref().kind + " " + one->ref().name));
      }
    }
  }

  const std::vector<const Object*>& objects_;
  const WorkloadsByLabel& workloads_;
  std::unordered_map<ObjectRef, const Object*> by_ref_;
  std::vector<Edge> edges_;
};

}  // namespace

std::vector<Edge> FindServers(const std::vector<const Object*>& objects,
                              const std::vector<Edge>& named,
                              const WorkloadsByLabel& workloads) {
  return ServerFinder(objects, workloads).Find(named);
}

}  // namespace holdfast
