#include "apply/object_json.h"

#include <utility>

namespace holdfast {

Result<ListPage> ParseListPage(Json list, const Gvk& gvk) {
  ListPage page;
  page.resource_version = StringIn(list, "metadata", "resourceVersion");
  page.continue_token = StringIn(list, "metadata", "continue");
  // "items": null is how an empty list may be written; a missing one is no list.
  if (!list.is_object() || !StringIn(list, "kind").ends_with("List")) {
    return Invalid("not a list but a \"" + StringIn(list, "kind") + "\"");
  }
  const auto items = list.find("items");
  if (items == list.end() || !(items->is_array() || items->is_null())) {
    return Invalid("a list without items");
  }
  if (items->is_null()) return page;
  page.objects.reserve(items->size());
  for (Json& item : *items) {
    if (!item.is_object()) return Invalid("a list with an item that is no object");
    item.emplace("apiVersion", gvk.ApiVersion());
    item.emplace("kind", gvk.kind);
    HOLDFAST_TRY_ASSIGN(Object object, Object::Make(std::move(item)));
    if (object.gvk() != gvk) {
      return Invalid("a list of " + gvk.kind + " with a " + object.gvk().kind + " (" +
                     object.gvk().ApiVersion() + ") in it");
    }
    page.objects.push_back(std::move(object));
  }
  return page;
}

std::vector<std::string> LineSplitter::Add(std::string_view bytes) {
  std::vector<std::string> lines;
  while (true) {
    const std::size_t end = bytes.find('\n');
    if (end == bytes.npos) break;
    rest_.append(bytes.substr(0, end));
    bytes.remove_prefix(end + 1);
    if (rest_.ends_with('\r')) rest_.pop_back();
    if (!rest_.empty()) lines.push_back(std::exchange(rest_, {}));
  }
  rest_.append(bytes);
  return lines;
}

}  // namespace holdfast
