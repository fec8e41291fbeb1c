#include "repo-layout/document_builder.h"

#include <algorithm>
#include <utility>

#include "repo-layout/text_check.h"
#include "repo-layout/yaml_scalar.h"

namespace holdfast {
namespace {

/// Bytes that a copy of `value` counts as.
std::size_t CostOf(const Json& value) {
  constexpr std::size_t kNode = 48;
  std::size_t cost = kNode;
  if (value.is_string()) cost += value.get_ref<const std::string&>().size();
  if (value.is_array()) {
    for (const Json& item : value) cost += CostOf(item);
  } else if (value.is_object()) {
    for (const auto& [key, item] : value.items()) cost += key.size() + CostOf(item);
  }
  return cost;
}

int DepthOf(const Json& value) {
  if (!value.is_structured()) return 0;
  int deepest = 0;
  for (const Json& item : value) deepest = std::max(deepest, DepthOf(item));
  return deepest + 1;
}

std::string TooDeep(int limit) {
  return "nested deeper than " + std::to_string(limit) +
         " levels, which no Kubernetes object is";
}

}  // namespace

bool DocumentBuilder::Fail(Place place, std::string message) {
  error_ = TextError{place.line, place.column, std::move(message)};
  return false;
}

bool DocumentBuilder::Begin(Place place) {
  if (begun_) {
    return Fail(
        place,
        "a second document begins here without a \"---\" line in front of it; is this "
        "line indented less than those above?");
  }
  begun_ = true;
  return true;
}

bool DocumentBuilder::WantsKey() const {
  return !open_.empty() && open_.back().value.is_object() && !open_.back().has_key;
}

bool DocumentBuilder::IsInFlow() const {
  return !open_.empty() && open_.back().style == Style::kFlow;
}

bool DocumentBuilder::Null(Place place, NullForm form, Anchor anchor) {
  last_ = place;
  if (WantsKey()) return Key(place, Json(nullptr), "", false, anchor);
  if (form == NullForm::kEmpty && !EmptyPlace(place)) return false;
  return Value(place, Json(nullptr), anchor);
}

/// A value that is not written is null below a key of its own line, and nowhere else.
bool DocumentBuilder::EmptyPlace(Place place) {
  if (open_.empty()) return true;
  const Frame& parent = open_.back();
  if (IsInFlow()) {
    if (parent.value.is_array()) {
      return Fail(place,
                  "nothing stands in front of this comma; remove it, or write null");
    }
    return Fail(parent.key_place,
                "the key \"" + parent.key + "\" has no value; write one, or null");
  }
  // The parser gives a key without a colon the value null, at the key's own place.
  if (parent.value.is_object() && place == parent.key_place) {
    return Fail(place, "the line \"" + parent.key + "\" has no colon after its key");
  }
  return true;
}

/// yaml-cpp takes what stands below a key for its value, indented or not.
bool DocumentBuilder::Indented(Place place) {
  if (open_.empty() || IsInFlow()) return true;
  const Frame& map = open_.back();
  if (!map.value.is_object() || !map.has_key) return true;
  // A map with an anchor or a tag begins there, which may be right of its keys.
  const int column = std::min(map.place.column, map.key_place.column);
  if (place.line == map.key_place.line || place.column > column) return true;
  return Fail(place, "the value of \"" + map.key +
                         "\" stands below its key and is not indented more than it");
}

bool DocumentBuilder::Scalar(Place place, std::string_view tag, std::string_view text,
                             Anchor anchor) {
  last_ = place;
  // yaml-cpp makes one byte of an escape that means a character of two.
  if (!IsUtf8(text)) {
    return Fail(place, "holds the escape \\N or \\_; write \\u0085 or \\u00A0 for it");
  }
  // In [!x, a] the tag is one character longer to some readers, and belongs to the a.
  if (IsInFlow() && text.empty() && tag != "?" && tag != "!") {
    return Fail(place, "a tag stands inside of brackets without a value; remove the tag");
  }
  auto value = ResolveScalar(tag, text);
  if (!value) return Fail(place, value.error().message);
  if (WantsKey()) return Key(place, *value, text, tag == "?" && text == "<<", anchor);
  return Indented(place) && Value(place, std::move(*value), anchor);
}

bool DocumentBuilder::Alias(Place place, Anchor anchor) {
  last_ = place;
  const auto found = anchors_.find(anchor);
  if (found == anchors_.end()) {
    return Fail(place, "an alias stands inside of the value that it repeats");
  }
  const Anchored& anchored = found->second;
  if (WantsKey()) return Key(place, anchored.value, "", false, 0);
  if (static_cast<int>(open_.size()) + anchored.depth > limits_.depth) {
    return Fail(place, TooDeep(limits_.depth));
  }
  return Indented(place) && Spend(place, anchored.cost) &&
         Value(place, anchored.value, 0);
}

bool DocumentBuilder::OpenMap(Place place, Style style, Anchor anchor) {
  if (!WantsKey() && !Indented(place)) return false;
  return Open(place, Frame{.value = Json::object(),
                           .style = style,
                           .anchor = anchor,
                           .place = place,
                           .key = {},
                           .key_place = {},
                           .merges = {}});
}

bool DocumentBuilder::OpenList(Place place, Style style, Anchor anchor) {
  // A list of dashes may begin at the column of its key.
  const bool dashes = style == Style::kBlock;
  if (!dashes && !WantsKey() && !Indented(place)) return false;
  return Open(place, Frame{.value = Json::array(),
                           .style = style,
                           .anchor = anchor,
                           .place = place,
                           .key = {},
                           .key_place = {},
                           .merges = {}});
}

bool DocumentBuilder::Open(Place place, Frame frame) {
  last_ = place;
  if (WantsKey()) return Fail(place, "a key is a map or a list; a key must be a text");
  if (static_cast<int>(open_.size()) >= limits_.depth) {
    return Fail(place, TooDeep(limits_.depth));
  }
  if (!StartValue(place)) return false;
  open_.push_back(std::move(frame));
  return true;
}

bool DocumentBuilder::Close() {
  Frame frame = std::move(open_.back());
  open_.pop_back();
  if (!Merge(&frame) || !Remember(frame.place, frame.anchor, frame.value)) return false;
  EndValue(std::move(frame.value));
  return true;
}

bool DocumentBuilder::Value(Place place, Json value, Anchor anchor) {
  if (!Remember(place, anchor, value)) return false;
  if (!StartValue(place)) return false;
  EndValue(std::move(value));
  return true;
}

bool DocumentBuilder::Key(Place place, const Json& scalar, std::string_view written,
                          bool is_merge, Anchor anchor) {
  Frame& map = open_.back();
  auto key = KeyOf(scalar, written);
  if (!key) return Fail(place, key.error().message);
  const bool twice = is_merge ? !map.merges.empty() : map.value.contains(*key);
  if (twice) {
    const int first = lines_.LineOfKey(*key);
    return Fail(place, "the key \"" + *key +
                           "\" stands twice in one map, first on line " +
                           std::to_string(first) + "; remove one of them");
  }
  if (!Remember(place, anchor, scalar)) return false;
  map.key = std::move(key).value();
  map.key_place = place;
  map.has_key = true;
  map.is_merge = is_merge;
  return true;
}

bool DocumentBuilder::StartValue(Place place) {
  if (++nodes_ > limits_.nodes) {
    return Fail(place, "the document holds more than " + std::to_string(limits_.nodes) +
                           " values; divide it");
  }
  if (open_.empty()) {
    document_.line = place.line;
    lines_.Root(place.line);
  } else if (Frame& parent = open_.back(); parent.value.is_object()) {
    lines_.EnterKey(parent.key, parent.key_place.line);
  } else {
    lines_.EnterIndex(parent.value.size(), place.line);
  }
  return true;
}

void DocumentBuilder::EndValue(Json value) {
  if (open_.empty()) {
    document_.json = std::move(value);
    return;
  }
  lines_.Leave();
  Frame& parent = open_.back();
  if (parent.value.is_array()) {
    parent.value.push_back(std::move(value));
    return;
  }
  parent.has_key = false;
  if (parent.is_merge) {
    parent.merges.push_back(std::move(value));
  } else {
    parent.value.emplace(std::move(parent.key), std::move(value));
  }
}

bool DocumentBuilder::Merge(Frame* frame) {
  constexpr std::string_view kWrong = "\"<<\" takes a map or a list of maps";
  for (const Json& merge : frame->merges) {
    const Json& maps = merge.is_array() ? merge : Json::array({merge});
    // What is written out wins over what is merged, an earlier map over a later one.
    for (const Json& map : maps) {
      if (!map.is_object()) return Fail(frame->place, std::string(kWrong));
      if (!Spend(frame->place, CostOf(map))) return false;
      for (const auto& [key, value] : map.items()) frame->value.emplace(key, value);
    }
  }
  return true;
}

bool DocumentBuilder::Remember(Place place, Anchor anchor, const Json& value) {
  if (anchor == 0) return true;
  Anchored anchored{value, CostOf(value), DepthOf(value)};
  // The copy that is kept is paid for too, since anchors may stand inside of anchors.
  if (!Spend(place, anchored.cost)) return false;
  anchors_.insert_or_assign(anchor, std::move(anchored));
  return true;
}

bool DocumentBuilder::Spend(Place place, std::size_t cost) {
  spent_ += cost;
  if (spent_ <= limits_.alias_bytes) return true;
  return Fail(place,
              "the aliases up to here unfold to more than is read; write the values out, "
              "or make them smaller");
}

YamlDocument DocumentBuilder::Take() {
  lines_.MoveTo(&document_);
  return std::move(document_);
}

}  // namespace holdfast
