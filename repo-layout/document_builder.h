// DocumentBuilder: the events of a YAML parser to one YamlDocument.
//
// The parser reports what it sees; what it lets pass and Kubernetes would not
// is refused here: keys that stand twice, keys that are no text, keys without a
// value, values that are not indented, aliases that unfold without end, nesting
// without end.

#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "repo-layout/document.h"
#include "repo-layout/line_recorder.h"
#include "repo-layout/yaml.h"

namespace holdfast {

/// Each event answers false once there is an error; the parser then stops.
class DocumentBuilder {
 public:
  struct Place {
    int line = 1;    ///< Within the file, counted from 1.
    int column = 1;  ///< Counted from 1.
    bool operator==(const Place&) const = default;
  };
  enum class Style { kBlock, kFlow };
  /// A null that is a word or a "~", and one that is only the place for a value.
  enum class NullForm { kWritten, kEmpty };
  using Anchor = std::size_t;  ///< Of one document; 0 is none.

  explicit DocumentBuilder(const YamlLimits& limits) : limits_(limits) {}

  /// A document begins; there may be one only.
  [[nodiscard]] bool Begin(Place place);
  [[nodiscard]] bool Null(Place place, NullForm form, Anchor anchor);
  [[nodiscard]] bool Scalar(Place place, std::string_view tag, std::string_view text,
                            Anchor anchor);
  [[nodiscard]] bool Alias(Place place, Anchor anchor);
  [[nodiscard]] bool OpenMap(Place place, Style style, Anchor anchor);
  [[nodiscard]] bool OpenList(Place place, Style style, Anchor anchor);
  [[nodiscard]] bool Close();

  /// Where the latest event was.
  Place last() const { return last_; }
  /// Where the innermost map or list that is still open begins, or last().
  Place innermost() const { return open_.empty() ? last_ : open_.back().place; }
  const std::optional<TextError>& error() const { return error_; }
  /// Bytes that aliases unfolded to so far.
  std::size_t unfolded() const { return spent_; }
  /// The finished document; its json is null for an empty one.
  YamlDocument Take();

 private:
  /// A container that is not closed yet, held by value: its parent gets it when
  /// it is complete, so nothing points into a vector that may grow.
  struct Frame {
    Json value;
    Style style = Style::kBlock;
    Anchor anchor = 0;
    Place place;
    bool has_key = false;  // A map that waits for the value of `key`.
    bool is_merge = false;
    std::string key;
    Place key_place;
    std::vector<Json> merges;
  };
  /// A complete value that aliases may repeat.
  struct Anchored {
    Json value;
    std::size_t cost = 0;
    int depth = 0;
  };

  bool Fail(Place place, std::string message);
  bool Open(Place place, Frame frame);
  bool WantsKey() const;
  bool IsInFlow() const;
  bool EmptyPlace(Place place);
  bool Indented(Place place);
  bool Key(Place place, const Json& scalar, std::string_view written, bool is_merge,
           Anchor anchor);
  bool Value(Place place, Json value, Anchor anchor);
  bool StartValue(Place place);
  void EndValue(Json value);
  bool Merge(Frame* frame);
  bool Remember(Place place, Anchor anchor, const Json& value);
  bool Spend(Place place, std::size_t cost);

  YamlLimits limits_;
  std::vector<Frame> open_;
  LineRecorder lines_;
  YamlDocument document_;
  std::map<Anchor, Anchored> anchors_;
  bool begun_ = false;
  std::size_t nodes_ = 0;
  std::size_t spent_ = 0;
  Place last_;
  std::optional<TextError> error_;
};

}  // namespace holdfast
