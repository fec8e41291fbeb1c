#include "repo-layout/yaml.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <istream>
#include <map>
#include <optional>
#include <streambuf>
#include <utility>

#include "repo-layout/yaml_scalar.h"

namespace holdfast {
namespace {

/// Thrown out of yaml-cpp's callbacks and caught in ParsePiece: the only way to
/// stop it in the middle.
struct Refused {
  YAML::Mark mark;
  std::string message;
};

/// yaml-cpp reads streams only; this one reads a text where it lies.
class TextBuffer : public std::streambuf {
 public:
  explicit TextBuffer(std::string_view text) {
    char* begin = const_cast<char*>(text.data());
    setg(begin, begin, begin + text.size());
  }
};

/// What an anchor stands for.
struct Anchored {
  std::shared_ptr<const Json> value;  ///< Null while it is still open.
  std::size_t nodes = 0;
};

/// Builds one document from events. Values are made bottom-up and moved into
/// their parent when they are complete, so nothing points into a container that
/// grows.
class Builder : public YAML::EventHandler {
 public:
  Builder(LineMap& lines, int line_offset) : lines_(lines), line_offset_(line_offset) {}

  bool has_document() const { return documents_ > 0; }
  int first_line() const { return first_line_; }
  Json Take() { return std::move(root_); }

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (++documents_ > 1) {
      throw Refused{mark, "a second document begins here without a line ---"};
    }
  }
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    if (!frames_.empty() && frames_.back().is_map && frames_.back().has_key &&
        !frames_.back().is_flow && frames_.back().key_mark.pos == mark.pos) {
      throw Refused{mark, "a key without a colon"};
    }
    Complete(Json(nullptr), mark, anchor, 1);
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const auto known = anchors_.find(anchor);
    if (known == anchors_.end() || known->second.value == nullptr) {
      throw Refused{mark, "an alias within its own anchor has no end"};
    }
    Complete(*known->second.value, mark, 0, known->second.nodes);
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    // A plain `<<` as a key asks for a merge; quoted it is a key like any other.
    const bool merge = tag == "?" && value == "<<" && ExpectsKey();
    Json json = Resolve(mark, tag, value);
    if (merge) {
      frames_.back().has_key = true;
      frames_.back().is_merge = true;
      frames_.back().key_mark = mark;
      return;
    }
    Complete(std::move(json), mark, anchor, 1);
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value style) override {
    Open(mark, tag, anchor, false, style == YAML::EmitterStyle::Flow);
  }
  void OnSequenceEnd() override { Close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value style) override {
    Open(mark, tag, anchor, true, style == YAML::EmitterStyle::Flow);
  }
  void OnMapEnd() override {
    ApplyMerges();
    Close();
  }

 private:
  struct Frame {
    bool is_map = false;
    bool is_flow = false;
    Json value;
    YAML::Mark mark;
    YAML::anchor_t anchor = 0;
    std::size_t nodes_before = 0;
    std::size_t pointer_length = 0;  ///< Of pointer_ at this container.
    bool has_key = false;            ///< A key was read, its value comes next.
    bool is_merge = false;           ///< That key is `<<`.
    std::string key;
    YAML::Mark key_mark;
    std::map<std::string, int> key_lines;
    std::vector<Json> merges;
  };

  bool ExpectsKey() const {
    return !frames_.empty() && frames_.back().is_map && !frames_.back().has_key;
  }

  int LineOf(const YAML::Mark& mark) const { return mark.line + 1 + line_offset_; }

  Json Resolve(const YAML::Mark& mark, const std::string& tag, const std::string& value) const {
    constexpr std::string_view kCore = "tag:yaml.org,2002:";
    if (tag == "?" || tag.empty()) return Checked(mark, ResolvePlainScalar(value));
    if (!tag.starts_with(kCore)) return Json(value);
    const std::string type = tag.substr(kCore.size());
    if (type == "str") return Json(value);
    if (type == "binary") {
      auto bytes = DecodeBinary(value);
      if (!bytes.ok()) throw Refused{mark, "!!binary is " + bytes.error().message};
      return Json(std::move(bytes).value());
    }
    Json json = Checked(mark, ResolvePlainScalar(value));
    const bool fits = (type == "int" && json.is_number_integer()) ||
                      (type == "float" && json.is_number()) ||
                      (type == "bool" && json.is_boolean());
    if (!fits) throw Refused{mark, "the value is no !!" + type};
    return json;
  }

  template <typename T>
  static T Checked(const YAML::Mark& mark, Result<T> result) {
    if (!result.ok()) throw Refused{mark, result.error().message};
    return std::move(result).value();
  }

  void Count(const YAML::Mark& mark, std::size_t nodes) {
    nodes_ += nodes;
    if (nodes_ > kMaxYamlNodes) {
      throw Refused{mark, "the document has more than " + std::to_string(kMaxYamlNodes) +
                              " values, its aliases written out"};
    }
  }

  /// Where the value that comes next will stand, for LineMap.
  void ExtendPointer(const YAML::Mark& mark) {
    if (frames_.empty()) {
      if (first_line_ == 0) first_line_ = LineOf(mark);
      return;
    }
    const Frame& frame = frames_.back();
    pointer_.resize(frame.pointer_length);
    if (!frame.is_map) {
      pointer_ += "/" + std::to_string(frame.value.size());
    } else {
      pointer_ += '/';
      for (const char c : frame.key) {  // RFC 6901 escapes ~ and /.
        if (c == '~') pointer_ += "~0";
        else if (c == '/') pointer_ += "~1";
        else pointer_ += c;
      }
    }
    lines_.Add(pointer_, LineOf(frame.is_map ? frame.key_mark : mark));
  }

  void Open(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor, bool is_map,
            bool is_flow) {
    if (ExpectsKey()) throw Refused{mark, "a key that is a list or a map"};
    if (frames_.size() >= static_cast<std::size_t>(kMaxYamlDepth)) {
      throw Refused{mark, "nested deeper than " + std::to_string(kMaxYamlDepth) + " levels"};
    }
    Count(mark, 1);
    ExtendPointer(mark);
    if (anchor != 0) anchors_[anchor] = {};
    frames_.push_back({.is_map = is_map,
                       .is_flow = is_flow,
                       .value = is_map ? Json::object() : Json::array(),
                       .mark = mark,
                       .anchor = anchor,
                       .nodes_before = nodes_ - 1,
                       .pointer_length = pointer_.size(),
                       .key = {},
                       .key_mark = {},
                       .key_lines = {},
                       .merges = {}});
  }

  void Close() {
    Frame frame = std::move(frames_.back());
    frames_.pop_back();
    pointer_.resize(frames_.empty() ? 0 : frames_.back().pointer_length);
    if (frame.anchor != 0) {
      anchors_[frame.anchor] = {std::make_shared<const Json>(frame.value),
                                nodes_ - frame.nodes_before};
    }
    Attach(std::move(frame.value), frame.mark);
  }

  /// A scalar, null or alias.
  void Complete(Json json, const YAML::Mark& mark, YAML::anchor_t anchor, std::size_t nodes) {
    Count(mark, nodes);
    if (anchor != 0) anchors_[anchor] = {std::make_shared<const Json>(json), nodes};
    if (ExpectsKey()) return TakeKey(json, mark);
    ExtendPointer(mark);
    Attach(std::move(json), mark);
  }

  void TakeKey(const Json& json, const YAML::Mark& mark) {
    if (json.is_structured()) throw Refused{mark, "a key that is a list or a map"};
    Frame& frame = frames_.back();
    frame.key = Checked(mark, KeyText(json));
    frame.key_mark = mark;
    frame.has_key = true;
    const auto [first, is_new] = frame.key_lines.emplace(frame.key, LineOf(mark));
    if (!is_new) {
      throw Refused{mark, "the key \"" + frame.key + "\" stands twice; first on line " +
                              std::to_string(first->second)};
    }
  }

  void Attach(Json json, const YAML::Mark& mark) {
    if (frames_.empty()) {
      root_ = std::move(json);
      return;
    }
    Frame& frame = frames_.back();
    if (!frame.is_map) {
      frame.value.push_back(std::move(json));
      return;
    }
    frame.has_key = false;
    if (frame.is_merge) {
      frame.is_merge = false;
      TakeMerge(frame, std::move(json), mark);
      return;
    }
    frame.value[frame.key] = std::move(json);
  }

  static void TakeMerge(Frame& frame, Json json, const YAML::Mark& mark) {
    if (json.is_object()) {
      frame.merges.push_back(std::move(json));
      return;
    }
    const bool maps = json.is_array() && std::all_of(json.begin(), json.end(), [](const Json& one) {
                        return one.is_object();
                      });
    if (!maps) throw Refused{mark, "<< merges maps, and this is none"};
    for (Json& one : json) frame.merges.push_back(std::move(one));
  }

  /// YAML's merge key: what the map says itself goes first, then the merged maps
  /// in their order.
  void ApplyMerges() {
    Frame& frame = frames_.back();
    for (const Json& merged : frame.merges) {
      for (const auto& [key, value] : merged.items()) {
        if (!frame.value.contains(key)) frame.value[key] = value;
      }
    }
  }

  LineMap& lines_;
  int line_offset_;
  int documents_ = 0;
  int first_line_ = 0;
  std::size_t nodes_ = 0;
  Json root_;
  std::vector<Frame> frames_;
  std::map<YAML::anchor_t, Anchored> anchors_;
  std::string pointer_;  ///< RFC 6901, of the value that was begun last.
};

/// Throws YAML::ParserException or Refused.
void RunParser(std::string_view text, Builder& builder) {
  TextBuffer buffer(text);
  std::istream stream(&buffer);
  YAML::Parser parser(stream);
  while (parser.HandleNextDocument(builder)) {
  }
}

/// A quote that is never closed swallows the rest of its document in silence;
/// a document end marker behind the text makes yaml-cpp notice. A block scalar
/// without a line break at the end must be parsed without it, since it would
/// gain one.
void ParsePiece(std::string_view text, Builder& builder) {
  constexpr std::string_view kEnd = "...\n";
  if (text.ends_with('\n')) {
    RunParser(std::string(text) + std::string(kEnd), builder);
    return;
  }
  LineMap unused;
  Builder trial(unused, 0);
  RunParser(std::string(text) + "\n" + std::string(kEnd), trial);
  RunParser(text, builder);
}

}  // namespace

YamlFile ParseYaml(std::string_view bytes) {
  YamlFile file;
  const YamlStream stream = SplitYaml(bytes);
  file.errors = stream.errors;
  if (!file.errors.empty()) return file;
  int number = 0;
  for (const YamlPiece& piece : stream.pieces) {
    ++number;
    auto lines = std::make_shared<LineMap>();
    const int offset = piece.first_line - 1;
    Builder builder(*lines, offset);
    try {
      ParsePiece(piece.text, builder);
    } catch (const Refused& refused) {
      file.errors.push_back(
          {refused.mark.line + 1 + offset, refused.mark.column + 1, refused.message});
      continue;
    } catch (const YAML::Exception& error) {
      file.errors.push_back({error.mark.line + 1 + offset, error.mark.column + 1, error.msg});
      continue;
    } catch (const std::exception& error) {
      file.errors.push_back({piece.first_line, 1, error.what()});
      continue;
    }
    Json json = builder.Take();
    if (!builder.has_document() || json.is_null()) continue;
    lines->Seal();
    file.documents.push_back({.json = std::move(json),
                              .number = number,
                              .line = builder.first_line(),
                              .lines = std::move(lines)});
  }
  return file;
}

}  // namespace holdfast
