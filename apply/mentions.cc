#include "apply/mentions.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <map>
#include <set>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "apply/named_references.h"
#include "apply/pod_template.h"

namespace holdfast {
namespace {

/// A text longer than this is a program or a dump, not an address.
constexpr std::size_t kLongestText = 64 * 1024;

using ServiceMap = std::map<std::pair<std::string, std::string>, const Object*>;

bool IsNameByte(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
}

struct Mention {
  const Object* service = nullptr;
  bool bare = true;  ///< Nothing but the name: no port, no namespace, no scheme.
};

/// `token` is "name", "name.ns", "name.ns.svc" or "name.ns.svc.cluster.local".
const Object* ServiceOfToken(std::string_view token, const std::string& own_namespace,
                             const ServiceMap& services) {
  const auto dot = token.find('.');
  const std::string name(token.substr(0, dot));
  std::string name_space = own_namespace;
  if (dot != std::string_view::npos) {
    std::string_view rest = token.substr(dot + 1);
    const auto next = rest.find('.');
    const std::string_view tail =
        next == std::string_view::npos ? "" : rest.substr(next + 1);
    if (!tail.empty() && tail != "svc" && !tail.starts_with("svc.")) return nullptr;
    name_space = std::string(rest.substr(0, next));
  }
  const auto found = services.find({name_space, name});
  return found == services.end() ? nullptr : found->second;
}

std::vector<Mention> MentionsIn(std::string_view text, const std::string& own_namespace,
                                const ServiceMap& services) {
  std::vector<Mention> mentions;
  if (text.size() > kLongestText) return mentions;
  std::size_t at = 0;
  while (at < text.size()) {
    if (!IsNameByte(text[at])) {
      ++at;
      continue;
    }
    std::size_t end = at;
    while (end < text.size() && IsNameByte(text[end])) ++end;
    std::string_view token = text.substr(at, end - at);
    while (token.ends_with('.')) token.remove_suffix(1);
    const Object* service = ServiceOfToken(token, own_namespace, services);
    // "cassandra-0.cassandra.default.svc": a pod of a headless Service.
    if (const auto dot = token.find('.'); service == nullptr && dot != token.npos) {
      service = ServiceOfToken(token.substr(dot + 1), own_namespace, services);
    }
    if (service != nullptr) {
      const bool has_port = end + 1 < text.size() && text[end] == ':' &&
                            std::isdigit(static_cast<unsigned char>(text[end + 1])) != 0;
      const bool has_scheme = at > 0 && (text[at - 1] == '/' || text[at - 1] == '@');
      const bool is_dotted = token.find('.') != token.npos;
      mentions.push_back({service, !has_port && !has_scheme && !is_dotted});
    }
    at = end;
  }
  return mentions;
}

std::string Upper(std::string_view text) {
  std::string upper(text);
  std::transform(upper.begin(), upper.end(), upper.begin(),
                 [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return upper;
}

template <std::size_t N>
bool ContainsAny(const std::string& text, const std::array<std::string_view, N>& words) {
  return std::any_of(words.begin(), words.end(), [&](std::string_view word) {
    return text.find(word) != std::string::npos;
  });
}

/// True if a variable of this name holds an address. A bare word in any other
/// (MYSQL_DATABASE=wordpress) may mean something else.
bool NamesAnAddress(const std::string& variable) {
  constexpr std::array<std::string_view, 17> kWords = {
      "HOST",  "ADDR",   "URL",     "URI",      "ENDPOINT", "SERVER",
      "SEED",  "DSN",    "BROKER",  "PEER",     "SERVICE",  "CONNECT",
      "NODES", "MASTER", "PRIMARY", "UPSTREAM", "CONTACT"};
  return ContainsAny(Upper(variable), kWords);
}

class MentionFinder {
 public:
  MentionFinder(const std::vector<const Object*>& objects,
                const WorkloadsByLabel& workloads)
      : objects_(objects), workloads_(workloads) {
    for (const Object* object : objects) {
      by_ref_.emplace(object->ref(), object);
      const ObjectRef& ref = object->ref();
      if (ref.Is("", "Service"))
        services_.emplace(std::pair(ref.name_space, ref.name), object);
    }
  }

  std::vector<Edge> Find() {
    if (services_.empty()) return {};
    for (const Object* object : objects_) {
      const PodTemplate pods(*object);
      if (!pods.exists()) continue;
      for (const ContainerAt& container : pods.Containers())
        FromContainer(*object, container);
      FromConfiguration(*object);
    }
    return std::move(edges_);
  }

 private:
  void FromContainer(const Object& workload, const ContainerAt& container) {
    const Json& env = ArrayIn(*container.json, "env");
    for (std::size_t i = 0; i < env.size(); ++i) {
      const std::string name = StringIn(env[i], "name");
      FromText(workload, StringIn(env[i], "value"), "env " + name,
               container.pointer() + "/env/" + std::to_string(i) + "/value",
               NamesAnAddress(name));
    }
    for (const char* list : {"command", "args"}) {
      const Json& words = ArrayIn(*container.json, list);
      for (std::size_t i = 0; i < words.size(); ++i) {
        if (!words[i].is_string()) continue;
        FromText(workload, words[i].get_ref<const std::string&>(), list,
                 container.pointer() + "/" + list + "/" + std::to_string(i), false);
      }
    }
  }

  /// What the workload reads from ConfigMaps and Secrets. A Secret's text never
  /// appears in an edge, only the name of the Service does.
  void FromConfiguration(const Object& workload) {
    std::set<ObjectRef> seen;
    for (const Edge& edge : NamedConfiguration(workload)) {
      if (!seen.insert(edge.to).second) continue;
      const auto found = by_ref_.find(edge.to);
      if (found == by_ref_.end()) continue;
      const char* member = edge.to.kind == "Secret" ? "stringData" : "data";
      const Json& data = MapIn(found->second->json(), member);
      for (auto it = data.begin(); it != data.end(); ++it) {
        if (!it.value().is_string()) continue;
        FromText(workload, it.value().get_ref<const std::string&>(),
                 edge.to.kind + " " + edge.to.name + ", which it reads,", edge.pointer,
                 NamesAnAddress(it.key()));
      }
    }
  }

  void FromText(const Object& workload, const std::string& text, const std::string& field,
                const std::string& pointer, bool address) {
    const std::string& own = workload.ref().name_space;
    for (const Mention& mention : MentionsIn(text, own, services_)) {
      const ObjectRef& service = mention.service->ref();
      const auto behind =
          workloads_.Selected(service.name_space, SelectorOf(*mention.service));
      const bool own_service =
          std::find(behind.begin(), behind.end(), &workload) != behind.end();
      if (own_service) continue;
      const std::string why = field + " names Service " + service.name;
      const bool guess = mention.bare && !address;
      Add(workload, service, why, pointer, guess);
      for (const Object* server : behind)
        Add(workload, server->ref(), why, pointer, guess);
    }
  }

  void Add(const Object& from, const ObjectRef& to, const std::string& why,
           const std::string& pointer, bool guess) {
    edges_.push_back({from.ref(), to, EdgeStrength::kSoft, false, guess, why, pointer});
  }

  const std::vector<const Object*>& objects_;
  const WorkloadsByLabel& workloads_;
  std::unordered_map<ObjectRef, const Object*> by_ref_;
  ServiceMap services_;
  std::vector<Edge> edges_;
};

}  // namespace

std::vector<Edge> FindMentions(const std::vector<const Object*>& objects,
                               const WorkloadsByLabel& workloads) {
  return MentionFinder(objects, workloads).Find();
}

std::vector<Edge> FindSelections(const std::vector<const Object*>& objects,
                                 const WorkloadsByLabel& workloads) {
  std::vector<Edge> edges;
  for (const Object* object : objects) {
    const Json& selector = SelectorOf(*object);
    if (selector.empty()) continue;
    const ObjectRef& ref = object->ref();
    for (const Object* workload : workloads.Selected(ref.name_space, selector)) {
      edges.push_back({workload->ref(), ref, EdgeStrength::kSoft, false, false,
                       ref.kind + " " + ref.name + " selects its pods", ""});
    }
  }
  return edges;
}

}  // namespace holdfast
