// Another structure: members and entries that come, go and change places.

#include <algorithm>
#include <utility>

#include "tests/property/mutation.h"
#include "tests/property/places.h"

namespace holdfast::property {
namespace {

bool IsMember(const Pointer& at, const Json&) {
  return LastStep(at).find_first_not_of("0123456789") != std::string::npos;
}

bool IsList(const Pointer&, const Json& value) {
  return value.is_array() && !value.empty();
}

bool IsMap(const Pointer&, const Json& value) { return value.is_object(); }

bool DropField(Random& random, const Surroundings&, Json& manifest) {
  const auto places = Places(manifest, IsMember);
  if (places.empty()) return false;
  Remove(manifest, random.Pick(places));
  return true;
}

bool DropEntry(Random& random, const Surroundings&, Json& manifest) {
  const auto places = Places(manifest, IsList);
  if (places.empty()) return false;
  Json& list = manifest[random.Pick(places)];
  list.erase(random.Below(list.size()));
  return true;
}

bool NullField(Random& random, const Surroundings&, Json& manifest) {
  const auto places = Places(manifest, IsMember);
  if (places.empty()) return false;
  manifest[random.Pick(places)] = nullptr;
  return true;
}

/// Null where the manifest says nothing and the server something.
bool NullDefault(Random& random, const Surroundings& around, Json& manifest) {
  // Admission gives a Pod its tolerations.
  if (manifest.value("kind", "") == "Pod") return false;
  const auto places = Places(around.live, [&](const Pointer& at, const Json&) {
    const Json* parent = At(manifest, at.parent_pointer());
    return parent != nullptr && parent->is_object() && !parent->contains(at.back()) &&
           !at.to_string().starts_with("/metadata") &&
           !at.to_string().starts_with("/status");
  });
  if (places.empty()) return false;
  manifest[random.Pick(places)] = nullptr;
  return true;
}

bool Empty(Random& random, const Surroundings&, Json& manifest) {
  const auto places = Places(
      manifest, [](const Pointer&, const Json& value) { return value.is_structured(); });
  if (places.empty()) return false;
  Json& value = manifest[random.Pick(places)];
  value = value.is_array() ? Json::array() : Json::object();
  return true;
}

bool Shuffle(Random& random, const Surroundings&, Json& manifest) {
  const auto places = Places(manifest, [](const Pointer&, const Json& v) {
    return v.is_array() && v.size() > 1;
  });
  if (places.empty()) return false;
  Json& list = manifest[random.Pick(places)];
  for (std::size_t i = list.size() - 1; i > 0; --i) {
    std::swap(list[i], list[random.Below(i + 1)]);
  }
  return true;
}

bool DuplicateEntry(Random& random, const Surroundings&, Json& manifest) {
  const auto places = Places(manifest, IsList);
  if (places.empty()) return false;
  Json& list = manifest[random.Pick(places)];
  list.push_back(Json(list[random.Below(list.size())]));
  return true;
}

/// An entry like another, known by another name.
bool AddEntry(Random& random, const Surroundings&, Json& manifest) {
  const auto places = Places(manifest, IsList);
  if (places.empty()) return false;
  Json& list = manifest[random.Pick(places)];
  Json entry = list[random.Below(list.size())];
  if (entry.is_string()) {
    entry = entry.get<std::string>() + "-more";
  } else if (entry.is_number_integer()) {
    entry = entry.get<std::int64_t>() + 7;
  } else if (entry.is_object()) {
    for (const char* key :
         {"name", "mountPath", "topologyKey", "ip", "database", "key"}) {
      if (entry.contains(key) && entry[key].is_string()) {
        entry[key] = entry[key].get<std::string>() + "-more";
      }
    }
    for (const char* key : {"port", "containerPort"}) {
      if (entry.contains(key) && entry[key].is_number_integer()) {
        entry[key] = entry[key].get<std::int64_t>() + 7;
      }
    }
  }
  const auto at = static_cast<std::ptrdiff_t>(random.Below(list.size() + 1));
  list.insert(list.begin() + at, std::move(entry));
  return true;
}

bool AddMapKey(Random& random, const Surroundings&, Json& manifest) {
  if (manifest.value("kind", "") == "CustomResourceDefinition") return false;
  const auto places = Places(manifest, [](const Pointer& at, const Json& value) {
    static const std::vector<std::string> kMaps = {
        "labels",     "annotations", "matchLabels", "nodeSelector", "data",
        "stringData", "limits",      "requests",    "parameters",   "selector",
        "binaryData", "hard",        "tags",        "settings"};
    return value.is_object() &&
           std::find(kMaps.begin(), kMaps.end(), LastStep(at)) != kMaps.end();
  });
  if (places.empty()) return false;
  Json& map = manifest[random.Pick(places)];
  const std::string key = random.OneIn(2) ? "added" : "example.com/added.key";
  map[key] = map.empty() ? Json("1") : Json(map.front());
  return true;
}

bool RenameKey(Random& random, const Surroundings&, Json& manifest) {
  if (manifest.value("kind", "") == "CustomResourceDefinition") return false;
  const auto places = Places(manifest, IsMember);
  if (places.empty()) return false;
  const Pointer at = random.Pick(places);
  Json value = manifest[at];
  Remove(manifest, at);
  manifest[at.parent_pointer()][at.back() + "x"] = std::move(value);
  return true;
}

/// Not in the schemas of a CustomResourceDefinition, in which anything is taken and
/// dropped in silence.
bool UnknownField(Random& random, const Surroundings&, Json& manifest) {
  if (manifest.value("kind", "") == "CustomResourceDefinition") return false;
  auto places = Places(manifest, IsMap);
  places.emplace_back();
  manifest[random.Pick(places)]["fieldOfNoKind"] =
      random.OneIn(2) ? Json("x") : Json({{"a", 1}});
  return true;
}

bool SwapValues(Random& random, const Surroundings&, Json& manifest) {
  const auto places = Places(manifest);
  if (places.size() < 2) return false;
  const Pointer a = random.Pick(places);
  const Pointer b = random.Pick(places);
  if (a.to_string().starts_with(b.to_string()) ||
      b.to_string().starts_with(a.to_string())) {
    return false;
  }
  std::swap(manifest[a], manifest[b]);
  return true;
}

/// A member that another manifest of this kind has in this very place.
bool Borrow(Random& random, const Surroundings& around, Json& manifest) {
  if (around.others.empty()) return false;
  const Json& other = random.Pick(around.others);
  const auto places = Places(other, [&](const Pointer& at, const Json& value) {
    const Json* parent = At(manifest, at.parent_pointer());
    const Json* here = At(manifest, at);
    return parent != nullptr && parent->is_object() &&
           (here == nullptr || *here != value);
  });
  if (places.empty()) return false;
  const Pointer& at = random.Pick(places);
  manifest[at] = other[at];
  return true;
}

/// A list or map as the server has it.
bool CopyLive(Random& random, const Surroundings& around, Json& manifest) {
  const auto places = Places(manifest, [&](const Pointer& at, const Json& value) {
    const Json* there = At(around.live, at);
    return value.is_structured() && there != nullptr && *there != value &&
           at.to_string() != "/metadata";
  });
  if (places.empty()) return false;
  const Pointer& at = random.Pick(places);
  manifest[at] = around.live[at];
  return true;
}

bool WrongShape(Random& random, const Surroundings&, Json& manifest) {
  const auto places = Places(manifest);
  if (places.empty()) return false;
  Json& value = manifest[random.Pick(places)];
  value = random.OneIn(2) ? Json::array({value}) : Json{{"a", value}};
  return true;
}

constexpr Mutation kTable[] = {
    {"drop a field", DropField, 2},
    {"drop an entry", DropEntry},
    {"null a field", NullField},
    {"null a default", NullDefault},
    {"empty a map or list", Empty},
    {"shuffle a list", Shuffle},
    {"an entry twice", DuplicateEntry},
    {"add an entry", AddEntry},
    {"add a key to a map", AddMapKey},
    {"rename a member", RenameKey},
    {"an unknown field", UnknownField},
    {"swap two values", SwapValues},
    {"borrow from another manifest", Borrow, 2},
    {"copy a list or map from live", CopyLive},
    {"a value of the wrong shape", WrongShape},
};

}  // namespace

std::span<const Mutation> StructureMutations() { return kTable; }

}  // namespace holdfast::property
