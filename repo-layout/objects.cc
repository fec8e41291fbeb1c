#include "repo-layout/objects.h"

#include <cstddef>
#include <string_view>
#include <utility>

namespace holdfast {
namespace {

constexpr std::string_view kList = "List";

std::string LeaveOut(const std::string& path) {
  return "correct it; if it is no manifest, leave it out: exclude: [\"" + path +
         "\"] in .holdfast.yaml";
}

std::string TypeOf(const Json& value) {
  if (value.is_null()) return "null";
  if (value.is_boolean()) return "a boolean";
  if (value.is_number()) return "a number";
  if (value.is_array()) return "a list";
  if (value.is_object()) return "a map";
  return "a text";
}

/// What is wrong with a field that must be a text, or "".
std::string WhyNoText(const Json* value, const std::string& field, bool required) {
  if (value == nullptr) return required ? "has no " + field : "";
  if (!value->is_string()) {
    return field + " is " + TypeOf(*value) +
           "; put it into quotes if it is meant as a text";
  }
  return required && value->get_ref<const std::string&>().empty() ? field + " is empty"
                                                                  : "";
}

/// What is wrong with labels or annotations, or "". Their values are texts, and
/// YAML makes something else of true, 1 and 8080.
std::string WhyNoTexts(const Json& json, const std::string& field) {
  const Json* map = FindIn(json, "metadata", field);
  if (map == nullptr || map->is_null()) return "";
  if (!map->is_object())
    return "metadata." + field + " is " + TypeOf(*map) + " and no map";
  for (const auto& [key, value] : map->items()) {
    if (value.is_string()) continue;
    return "metadata." + field + "[\"" + key + "\"] is " + TypeOf(value) +
           "; put the value into quotes";
  }
  return "";
}

/// Why `json` is no Kubernetes object, or "".
std::string WhyNoObject(const Json& json) {
  if (!json.is_object()) return "is " + TypeOf(json) + " and no Kubernetes object";
  for (const char* field : {"apiVersion", "kind"}) {
    const std::string why = WhyNoText(FindIn(json, field), field, true);
    if (!why.empty()) return "is no Kubernetes object: it " + why;
  }
  const std::string kind = StringIn(json, "kind");
  for (const std::string& why :
       {WhyNoText(FindIn(json, "metadata", "name"), "metadata.name", true),
        WhyNoText(FindIn(json, "metadata", "namespace"), "metadata.namespace", false),
        WhyNoTexts(json, "labels"), WhyNoTexts(json, "annotations")}) {
    if (!why.empty()) return kind + ": " + why;
  }
  return "";
}

bool IsList(const Json& json) {
  const std::string kind = StringIn(json, "kind");
  if (kind == kList && StringIn(json, "apiVersion") == "v1") return true;
  const Json* items = FindIn(json, "items");
  return kind.ends_with(kList) && items != nullptr && items->is_array() &&
         StringIn(json, "metadata", "name").empty();
}

/// Why an object of holdfast.dev is not to be applied, and what to do.
Finding OwnKind(const std::string& kind) {
  Finding finding{"H-H5", Ruling::kRefuse, "", ""};
  if (kind == "Approval") {
    finding.reason = "an Approval counts only in the folder approvals/ at the top";
    finding.remedy = "move the file to approvals/";
  } else if (kind == "Layout") {
    finding.reason = "a Layout counts only as the file .holdfast.yaml at the top";
    finding.remedy = "move it to .holdfast.yaml";
  } else if (kind == "Sync") {
    finding.reason =
        "a Sync tells Holdfast itself what to do and is no manifest to apply";
    finding.remedy = "give it to the daemon: holdfast run --config FILE";
  } else {
    finding.reason = "there is no kind " + kind + " of holdfast.dev to apply";
    finding.remedy = "correct its apiVersion and kind";
  }
  return finding;
}

class Taker {
 public:
  Taker(std::string path, int number, const ObjectSink& sink)
      : path_(std::move(path)), number_(number), sink_(sink) {}

  void Take(Json json, int line, std::shared_ptr<const LineMap> lines) {
    const Source source{path_, number_, line};
    const bool is_named = !StringIn(json, "metadata", "name").empty();
    if (!is_named && !StringIn(json, "metadata", "generateName").empty()) {
      return sink_.finding(
          source,
          {"H-H3", Ruling::kRefuse,
           StringIn(json, "kind") +
               " has metadata.generateName and no name: the server would choose a new "
               "name each time, and every reconcile would make another object",
           "give it a metadata.name"});
    }
    if (std::string why = WhyNoObject(json); !why.empty())
      return Hold(source, std::move(why));
    auto object = Object::Make(std::move(json));
    if (!object.ok()) return Hold(source, object.error().message);
    if (object->gvk().group == "holdfast.dev") {
      return sink_.finding(source, OwnKind(object->gvk().kind));
    }
    sink_.manifest({std::move(object).value(), source, std::move(lines)});
  }

  void TakeList(Json list, int line,
                const std::vector<std::shared_ptr<const LineMap>>& item_lines) {
    Json* items = list.is_object() && list.contains("items") ? &list["items"] : nullptr;
    if (items == nullptr || !items->is_array()) {
      return Hold({path_, number_, line}, "is a List without a list of items");
    }
    const std::string api_version = StringIn(list, "apiVersion");
    const std::string kind = StringIn(list, "kind");
    for (std::size_t i = 0; i < items->size(); ++i) {
      Json item = std::move((*items)[i]);
      const auto lines = i < item_lines.size() ? item_lines[i] : nullptr;
      const int item_line = lines == nullptr ? line : lines->LineOf("");
      // A server leaves out of a PodList's items what they all are.
      if (kind != kList && item.is_object()) {
        item.emplace("apiVersion", api_version);
        item.emplace("kind", kind.substr(0, kind.size() - kList.size()));
      }
      if (IsList(item)) {
        TakeList(std::move(item), item_line, {});
      } else {
        Take(std::move(item), item_line, lines);
      }
    }
  }

 private:
  void Hold(const Source& source, std::string why) {
    sink_.finding(source, {"H-H3", Ruling::kHold, std::move(why), LeaveOut(path_)});
  }

  std::string path_;
  int number_;
  const ObjectSink& sink_;
};

}  // namespace

void TakeObjects(YamlDocument document, const std::string& path, const ObjectSink& sink) {
  Taker taker(path, document.number, sink);
  if (IsList(document.json)) {
    taker.TakeList(std::move(document.json), document.line, document.item_lines);
  } else {
    taker.Take(std::move(document.json), document.line, std::move(document.lines));
  }
}

}  // namespace holdfast
