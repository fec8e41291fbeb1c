#include "diff/json.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

namespace holdfast {
namespace {

/// Builds the value event by event, so that depth and duplicate keys are seen
/// while reading and not after.
class Builder : public nlohmann::json_sax<Json> {
 public:
  explicit Builder(std::string_view text) : text_(text) {}

  bool null() override { return Put(Json(nullptr)); }
  bool boolean(bool value) override { return Put(Json(value)); }
  bool number_integer(number_integer_t value) override { return Put(Json(value)); }
  bool number_unsigned(number_unsigned_t value) override {
    constexpr auto kMaxSigned = static_cast<number_unsigned_t>(INT64_MAX);
    if (value <= kMaxSigned) return Put(Json(static_cast<number_integer_t>(value)));
    return Put(Json(value));
  }
  bool number_float(number_float_t value, const string_t&) override {
    return Put(Json(value));
  }
  bool string(string_t& value) override { return Put(Json(std::move(value))); }
  bool binary(binary_t&) override { return false; }

  bool start_object(std::size_t) override { return Open(Json::object()); }
  bool key(string_t& name) override {
    Json& object = *open_.back();
    auto [place, is_new] = object.emplace(name, nullptr);
    if (!is_new) {
      error_ = Invalid("the key \"" + name + "\" stands twice in one object");
      return false;
    }
    place_ = &*place;
    return true;
  }
  bool end_object() override { return Close(); }
  bool start_array(std::size_t) override { return Open(Json::array()); }
  bool end_array() override { return Close(); }

  bool parse_error(std::size_t position, const std::string&,
                   const nlohmann::detail::exception& exception) override {
    const std::size_t end = std::min(position, text_.size());
    const auto head = text_.substr(0, end == 0 ? 0 : end - 1);
    const auto line = 1 + std::count(head.begin(), head.end(), '\n');
    const std::size_t last_break = head.rfind('\n');
    const std::size_t column =
        last_break == std::string_view::npos ? head.size() + 1 : head.size() - last_break;
    std::string what = exception.what();
    // "[json.exception.parse_error.101] parse error at line 1, column 2: syntax error ...":
    // keep what follows the position, which is given in our own words.
    if (const auto cut = what.find("syntax error"); cut != std::string::npos) {
      what = what.substr(cut);
    }
    // The parser quotes what it stumbled over, which may be a secret value.
    if (what.find("number overflow") != std::string::npos) what = "a number is too large";
    what = what.substr(0, what.find("; last read"));
    error_ = Invalid("line " + std::to_string(line) + ", column " + std::to_string(column) +
                     ": not JSON: " + what);
    return false;
  }

  Result<Json> Take(bool complete) {
    if (complete) return std::move(root_);
    if (error_) return *error_;
    return Invalid("not JSON");
  }

 private:
  bool Put(Json value) {
    if (open_.empty()) {
      root_ = std::move(value);
    } else if (open_.back()->is_array()) {
      open_.back()->push_back(std::move(value));
    } else {
      *place_ = std::move(value);
    }
    return true;
  }

  bool Open(Json container) {
    if (static_cast<int>(open_.size()) >= kMaxJsonDepth) {
      error_ = Invalid("nested deeper than " + std::to_string(kMaxJsonDepth) + " levels");
      return false;
    }
    Json* opened = &root_;
    if (open_.empty()) {
      root_ = std::move(container);
    } else if (open_.back()->is_array()) {
      open_.back()->push_back(std::move(container));
      opened = &open_.back()->back();
    } else {
      *place_ = std::move(container);
      opened = place_;
    }
    open_.push_back(opened);
    return true;
  }

  bool Close() {
    open_.pop_back();
    return true;
  }

  std::string_view text_;
  Json root_;
  // Containers still open. A container moves only when a sibling is pushed
  // into its array, and then it is closed already, so these stay valid.
  std::vector<Json*> open_;
  Json* place_ = nullptr;
  std::optional<Error> error_;
};

}  // namespace

Result<Json> ParseJson(std::string_view text) {
  Builder builder(text);
  const bool complete = Json::sax_parse(text.begin(), text.end(), &builder);
  return builder.Take(complete);
}

std::string DumpJson(const Json& value) {
  return value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string DumpJsonPretty(const Json& value) {
  return value.dump(2, ' ', false, Json::error_handler_t::replace);
}

}  // namespace holdfast
