#include "tests/diff/agreement.h"

#include <algorithm>

#include "diff/field_path.h"
#include "diff/leaves.h"

namespace holdfast {
namespace {

std::set<std::string> PathsOf(const std::vector<FieldChange>& changes) {
  std::set<std::string> paths;
  for (const FieldChange& change : changes) paths.insert(change.path);
  return paths;
}

/// True if `path` is an entry, or in one, of a list among `lists`.
bool IsPartOfOne(const std::string& path, const std::set<std::string>& lists) {
  return std::any_of(lists.begin(), lists.end(), [&](const std::string& list) {
    return path.starts_with(list + "[");
  });
}

/// True if the field or one above it is made up by the server from other fields.
bool IsDerived(const Type& type, const std::string& text) {
  const auto path = FieldPath::Parse(text);
  if (!path.ok()) return false;
  Field field{&type, std::nullopt, std::nullopt, {}};
  for (const PathStep& step : path->steps()) {
    field = FieldAt(*field.type, step);
    if (field.derived) return true;
  }
  return false;
}

}  // namespace

Agreement Agree(const Comparison& said, const Object& live, const Object& after,
                const Schema& schema) {
  Agreement result;
  result.changed = PathsOf(Difference(live, after, schema, "holdfast"));
  if (said.answer == Answer::kUnsure) return result;
  const auto told = PathsOf(said.fields);
  const Type* type = schema.Find(live.gvk());
  if (told.empty() || result.changed.empty()) {
    for (const std::string& path : result.changed) {
      result.complaints.push_back("not told: " + path);
    }
    for (const std::string& path : told) {
      result.complaints.push_back("does not change: " + path);
    }
    return result;
  }
  if (type == nullptr) return result;
  for (const std::string& path : result.changed) {
    const bool in_part =
        std::any_of(told.begin(), told.end(),
                    [&](const std::string& one) { return IsPartOfOne(one, {path}); });
    if (told.contains(path) || said.partial || in_part || IsDerived(*type, path))
      continue;
    result.complaints.push_back("not told: " + path);
  }
  for (const std::string& path : told) {
    if (result.changed.contains(path) || IsPartOfOne(path, result.changed)) continue;
    result.complaints.push_back("does not change: " + path);
  }
  return result;
}

}  // namespace holdfast
