#include "diff/snapshot.h"

#include <algorithm>
#include <utility>

namespace holdfast {

const Object* Snapshot::Find(const ObjectRef& ref) const {
  const auto found = objects.find(ref);
  return found == objects.end() ? nullptr : &found->second;
}

bool Snapshot::ListsAll(std::string_view group, std::string_view kind,
                        std::string_view name_space) const {
  return std::any_of(listed.begin(), listed.end(), [&](const Listed& one) {
    return one.group == group && one.kind == kind &&
           (one.name_space.empty() || one.name_space == name_space);
  });
}

std::vector<const Object*> Snapshot::All(std::string_view group, std::string_view kind,
                                         std::string_view name_space) const {
  const ObjectRef first{std::string(group), std::string(kind), std::string(name_space),
                        ""};
  std::vector<const Object*> found;
  for (auto it = objects.lower_bound(first); it != objects.end(); ++it) {
    const ObjectRef& ref = it->first;
    if (!ref.Is(group, kind)) break;
    if (!name_space.empty() && ref.name_space != name_space) break;
    found.push_back(&it->second);
  }
  return found;
}

std::vector<const Object*> Snapshot::AllNamed(std::string_view group,
                                              std::string_view kind,
                                              std::string_view name_space,
                                              std::string_view prefix) const {
  const ObjectRef first{std::string(group), std::string(kind), std::string(name_space),
                        std::string(prefix)};
  std::vector<const Object*> found;
  for (auto it = objects.lower_bound(first); it != objects.end(); ++it) {
    const ObjectRef& ref = it->first;
    if (!ref.Is(group, kind) || ref.name_space != name_space) break;
    if (!ref.name.starts_with(prefix)) break;
    found.push_back(&it->second);
  }
  return found;
}

void Snapshot::Put(Object object) {
  objects.insert_or_assign(object.ref(), std::move(object));
}

}  // namespace holdfast
