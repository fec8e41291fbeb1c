#include "apply/references.h"

#include <algorithm>
#include <set>
#include <tuple>
#include <unordered_set>

#include "apply/depends_on.h"
#include "apply/kinds.h"
#include "apply/mentions.h"
#include "apply/named_references.h"
#include "apply/pod_template.h"
#include "apply/selection.h"
#include "apply/served_by.h"

namespace holdfast {
namespace {

constexpr const char* kDefaultClass = "storageclass.kubernetes.io/is-default-class";

void Append(std::vector<Edge>& to, std::vector<Edge> more) {
  to.insert(to.end(), std::make_move_iterator(more.begin()),
            std::make_move_iterator(more.end()));
}

bool OmitsClass(const Json& claim_spec) {
  return claim_spec.is_object() && FindIn(claim_spec, "storageClassName") == nullptr;
}

/// True if a claim of this object takes whatever class is the default.
bool UsesDefaultClass(const Object& object) {
  if (IsClaim(object.ref())) return OmitsClass(MapIn(object.json(), "spec"));
  for (const Json& one : ArrayIn(object.json(), "spec", "volumeClaimTemplates")) {
    if (OmitsClass(MapIn(one, "spec"))) return true;
  }
  for (const Json& volume : ArrayIn(PodTemplate(object).spec(), "volumes")) {
    const Json* claim = FindIn(volume, "ephemeral", "volumeClaimTemplate", "spec");
    if (claim != nullptr && OmitsClass(*claim)) return true;
  }
  return false;
}

/// Edges that need more than one object to be seen, besides those by text and label.
void AppendImplied(const std::vector<const Object*>& objects,
                   const std::unordered_set<ObjectRef>& present, std::vector<Edge>& edges) {
  std::vector<ObjectRef> default_classes;
  for (const Object* object : objects) {
    if (IsStorageClass(object->ref()) && object->annotation(kDefaultClass) == "true") {
      default_classes.push_back(object->ref());
    }
  }
  const auto add = [&](const Object& from, ObjectRef to, EdgeStrength strength,
                       const std::string& why, const std::string& pointer) {
    if (present.count(to) == 0) return;
    edges.push_back({from.ref(), std::move(to), strength, false, false, why, pointer});
  };
  for (const Object* object : objects) {
    const ObjectRef& ref = object->ref();
    if (!ref.name_space.empty()) {
      add(*object, {"", "Namespace", "", ref.name_space}, EdgeStrength::kHard,
          "it is in Namespace " + ref.name_space, "/metadata/namespace");
    }
    if (UsesDefaultClass(*object)) {
      for (const ObjectRef& of_class : default_classes) {
        add(*object, of_class, EdgeStrength::kSoft,
            "it names no class, and StorageClass " + of_class.name + " is the default",
            "");
      }
    }
    if (IsVolume(ref)) {
      const Json& reserved = MapIn(object->json(), "spec", "claimRef");
      const ObjectRef claim{"", "PersistentVolumeClaim", StringIn(reserved, "namespace"),
                            StringIn(reserved, "name")};
      if (present.count(claim) != 0) {
        edges.push_back({claim, ref, EdgeStrength::kSoft, false, false,
                         "PersistentVolume " + ref.name + " is reserved for it", ""});
      }
    }
  }
}

/// Custom objects need their definition.
void AppendDefinitions(const std::vector<const Object*>& objects,
                       std::vector<Edge>& edges) {
  std::map<std::pair<std::string, std::string>, ObjectRef> definitions;
  for (const Object* object : objects) {
    if (!object->ref().Is("apiextensions.k8s.io", "CustomResourceDefinition")) continue;
    definitions.emplace(std::pair(StringIn(object->json(), "spec", "group"),
                                  StringIn(object->json(), "spec", "names", "kind")),
                        object->ref());
  }
  if (definitions.empty()) return;
  for (const Object* object : objects) {
    const ObjectRef& ref = object->ref();
    const auto found = definitions.find({ref.group, ref.kind});
    if (found == definitions.end()) continue;
    edges.push_back(
        {ref, found->second, EdgeStrength::kHard, false, false,
         "CustomResourceDefinition " + found->second.name + " defines its kind",
         "/kind"});
  }
}

/// At most one edge of a strength between two objects, the surest first; soft
/// ones only between objects that are there.
std::vector<Edge> Tidied(std::vector<Edge> edges, const std::unordered_set<ObjectRef>& present) {
  const auto key = [](const Edge& edge) {
    return std::tie(edge.from, edge.to, edge.strength);
  };
  // An edge is ten strings: what is sorted are pointers, and each edge moves once.
  std::vector<Edge*> sorted;
  sorted.reserve(edges.size());
  for (Edge& edge : edges) sorted.push_back(&edge);
  std::sort(sorted.begin(), sorted.end(), [](const Edge* a, const Edge* b) {
    return std::tie(a->from, a->to, a->strength, a->optional, a->guess, a->pointer,
                    a->why) < std::tie(b->from, b->to, b->strength, b->optional, b->guess,
                                       b->pointer, b->why);
  });
  std::vector<Edge> tidy;
  tidy.reserve(edges.size());
  for (Edge* one : sorted) {
    Edge& edge = *one;
    if (edge.from == edge.to) continue;
    if (edge.strength == EdgeStrength::kSoft && present.count(edge.to) == 0) continue;
    if (!tidy.empty() && key(tidy.back()) == key(edge)) continue;
    tidy.push_back(std::move(edge));
  }
  return tidy;
}

}  // namespace

std::vector<Edge> FindReferences(const std::vector<const Object*>& objects) {
  std::vector<Edge> edges;
  const auto custom = CustomKindsOf(objects);
  for (const Object* object : objects) {
    Append(edges, NamedReferences(*object));
    Append(edges, ReadDependsOn(*object, custom).edges);
  }
  std::unordered_set<ObjectRef> present;
  for (const Object* object : objects) present.insert(object->ref());
  AppendImplied(objects, present, edges);
  AppendDefinitions(objects, edges);
  const WorkloadsByLabel workloads(objects);
  Append(edges, FindServers(objects, edges, workloads));
  Append(edges, FindSelections(objects, workloads));
  Append(edges, FindMentions(objects, workloads));
  return Tidied(std::move(edges), present);
}

std::vector<Edge> FindReferences(const std::vector<Manifest>& desired) {
  std::vector<const Object*> objects;
  objects.reserve(desired.size());
  for (const Manifest& manifest : desired) objects.push_back(&manifest.object);
  return FindReferences(objects);
}

std::vector<Edge> ReferencesOf(const Object& object) {
  std::vector<Edge> edges = NamedReferences(object);
  Append(edges, ReadDependsOn(object).edges);
  edges.erase(std::remove_if(
                  edges.begin(), edges.end(),
                  [](const Edge& edge) { return edge.strength != EdgeStrength::kHard; }),
              edges.end());
  return Tidied(std::move(edges), {object.ref()});
}

}  // namespace holdfast
