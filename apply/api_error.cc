#include "apply/api_error.h"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <string_view>
#include <utility>
#include <vector>

#include "apply/http_date.h"

namespace holdfast {
namespace {

constexpr std::string_view kUnknownField = "field not declared in schema";

std::string HeaderOf(const HttpAnswer& answer, const std::string& name) {
  const auto found = answer.headers.find(name);
  return found == answer.headers.end() ? std::string() : found->second;
}

/// The Status in the body; null if the body is something else.
Json StatusIn(const HttpAnswer& answer) {
  auto json = ParseJson(answer.body);
  if (json.ok() && StringIn(*json, "kind") == "Status") return std::move(json).value();
  return nullptr;
}

std::string TypeOf(const HttpAnswer& answer) {
  const std::string type = HeaderOf(answer, "content-type");
  return type.substr(0, type.find(';'));
}

Error NotAnApiServer(const HttpAnswer& answer, const AskedFor& asked) {
  const std::string type = TypeOf(answer);
  return {ErrorCode::kUnavailable,
          asked.what + ": " + asked.address + " answered " +
              std::to_string(answer.status) +
              (type.empty() ? " without saying of what type" : " with " + type) +
              ": is this really a Kubernetes API server?"};
}

bool IsJson(const HttpAnswer& answer) { return TypeOf(answer) == "application/json"; }

/// What the server said, without line breaks at its end. `status` may be null.
std::string MessageOf(const Json& status, const HttpAnswer& answer) {
  constexpr std::size_t kLongestText = 300;
  std::string message = StringIn(status, "message");
  if (status.is_null()) message = answer.body.substr(0, kLongestText);
  if (message.empty()) message = StringIn(status, "reason");
  if (message.empty()) message = "status " + std::to_string(answer.status);
  while (message.ends_with('\n')) message.pop_back();
  return message;
}

Error Unauthorized(const AskedFor& asked) {
  return {ErrorCode::kDenied,
          asked.what + ": " + asked.address +
              " refused the credentials (401): they have expired or are "
              "wrong (" +
              (asked.identity.empty() ? "none given" : asked.identity) + ")"};
}

/// The server is there, and can neither do it nor say no.
Error Unable(const HttpAnswer& answer, const Json& status, const AskedFor& asked) {
  const bool out_of_time = answer.status == 504 || answer.status == 408;
  return {out_of_time ? ErrorCode::kTimeout : ErrorCode::kUnavailable,
          asked.what + ": " + asked.address + " answered " +
              std::to_string(answer.status) + ": " + MessageOf(status, answer)};
}

/// The text between the first pair of double quotes.
std::string Quoted(std::string_view text) {
  const std::size_t begin = text.find('"');
  const std::size_t end = begin == text.npos ? text.npos : text.find('"', begin + 1);
  if (end == text.npos) return {};
  return std::string(text.substr(begin + 1, end - begin - 1));
}

/// Splits ".spec.ports[name=\"a: b\"].x: what is wrong" at the colon behind the path.
Rejection::Cause SplitAtPath(std::string_view line) {
  bool in_quotes = false;
  for (std::size_t i = 0; i + 1 < line.size(); ++i) {
    if (line[i] == '"' && (i == 0 || line[i - 1] != '\\')) in_quotes = !in_quotes;
    if (!in_quotes && line[i] == ':' && line[i + 1] == ' ') {
      return {std::string(line.substr(0, i)), std::string(line.substr(i + 2)), ""};
    }
  }
  return {"", std::string(line), ""};
}

/// Server-side apply of an object that does not fit its schema: "failed to create
/// typed patch object (default/x; apps/v1, Kind=Deployment): .spec.a: field not
/// declared in schema", or "...: errors:" and one such line each.
std::vector<Rejection::Cause> CausesOfTypedPatch(std::string_view message) {
  std::vector<Rejection::Cause> causes;
  const std::size_t begin = message.find("): ");
  if (!message.starts_with("failed to create typed") || begin == message.npos)
    return causes;
  message.remove_prefix(begin + 3);
  while (!message.empty()) {
    const std::size_t end = std::min(message.find('\n'), message.size());
    std::string_view line = message.substr(0, end);
    message.remove_prefix(std::min(end + 1, message.size()));
    while (line.starts_with(' ')) line.remove_prefix(1);
    if (!line.empty() && line != "errors:") causes.push_back(SplitAtPath(line));
  }
  return causes;
}

/// `strict decoding error: unknown field "spec.a", duplicate field "spec.b"`.
std::vector<Rejection::Cause> CausesOfStrictDecoding(std::string_view message) {
  std::vector<Rejection::Cause> causes;
  constexpr std::string_view kStrict = "strict decoding error: ";
  const std::size_t at = message.find(kStrict);
  if (at == message.npos) return causes;
  message.remove_prefix(at + kStrict.size());
  while (true) {
    const std::string field = Quoted(message);
    if (field.empty()) return causes;
    const std::size_t quote = message.find('"');
    std::string_view what = message.substr(0, quote);
    while (what.starts_with(',') || what.starts_with(' ')) what.remove_prefix(1);
    while (what.ends_with(' ')) what.remove_suffix(1);
    causes.push_back({field, std::string(what), ""});
    message.remove_prefix(quote + field.size() + 2);
  }
}

std::vector<Rejection::Cause> CausesOfDetails(const Json& status) {
  std::vector<Rejection::Cause> causes;
  for (const Json& cause : ArrayIn(status, "details", "causes")) {
    Rejection::Cause one{StringIn(cause, "field"), StringIn(cause, "message"), ""};
    if (StringIn(cause, "reason") == "FieldManagerConflict")
      one.manager = Quoted(one.message);
    causes.push_back(std::move(one));
  }
  return causes;
}

bool IsUnknownField(const std::vector<Rejection::Cause>& causes) {
  return std::any_of(causes.begin(), causes.end(), [](const Rejection::Cause& cause) {
    return cause.message == kUnknownField || cause.message == "unknown field";
  });
}

/// A webhook, or a policy that plays one, said no or did not answer.
bool IsOfAdmission(std::string_view message) {
  return (message.find("admission webhook \"") != message.npos &&
          message.find("denied the request") != message.npos) ||
         message.find("failed calling webhook") != message.npos ||
         (message.find("ValidatingAdmissionPolicy '") != message.npos &&
          message.find("denied request") != message.npos);
}

/// What the server does not take and answers with 500 all the same: "failed to convert
/// new object (default/x; /v1, Kind=PersistentVolumeClaim) to proper version" for a text
/// that is no amount or a time that is none, the same in other words where it prunes, and
/// two ports of a Service at one node port.
bool IsUnusableValue(std::string_view message) {
  return message.starts_with("failed to convert new object (") ||
         message.starts_with("failed to convert to unversioned (") ||
         message.starts_with("failed to prune fields: ") ||
         message.starts_with("duplicate nodePort: ");
}

/// False if the server could neither do it nor decline it.
bool IsAboutTheObject(int http_status, const Rejection& rejection) {
  if (http_status == 408 || http_status == 429) return false;
  if (http_status < 500) return true;
  return http_status == 500 && (!CausesOfTypedPatch(rejection.message).empty() ||
                                IsUnusableValue(rejection.message) ||
                                IsOfAdmission(rejection.message));
}

Rejection::Kind KindOf(int http_status, const Rejection& rejection) {
  if (IsOfAdmission(rejection.message)) return Rejection::Kind::kAdmission;
  if (IsUnknownField(rejection.causes)) return Rejection::Kind::kUnknownField;
  const bool names_manager =
      std::any_of(rejection.causes.begin(), rejection.causes.end(),
                  [](const Rejection::Cause& cause) { return !cause.manager.empty(); });
  switch (http_status) {
    case 400:
    case 422:
    case 500:  // Here only if it does not fit its schema.
      return Rejection::Kind::kInvalid;
    case 403:
      return Rejection::Kind::kForbidden;
    case 404:
      return Rejection::Kind::kNotFound;
    case 409:
      return names_manager ? Rejection::Kind::kFieldConflict : Rejection::Kind::kConflict;
    default:
      return Rejection::Kind::kOther;
  }
}

/// Without a Status: of a server too busy to make one or of something before it.
Error ErrorOfPlain(const HttpAnswer& answer, const AskedFor& asked) {
  if (TypeOf(answer) != "text/plain" || answer.body.empty()) {
    return NotAnApiServer(answer, asked);
  }
  // The server's own word for a path that it does not know.
  if (answer.status == 404 && answer.body.starts_with("404 page not found")) {
    return Invalid(asked.what + ": " + asked.address + " does not serve this kind");
  }
  Error error = Unable(answer, nullptr, asked);
  const bool busy = answer.status >= 500 || answer.status == 429 || answer.status == 408;
  if (!busy) error.code = ErrorCode::kInvalid;
  return error;
}

}  // namespace

Result<Json> BodyOf(const HttpAnswer& answer, const AskedFor& asked) {
  if (!IsJson(answer)) return NotAnApiServer(answer, asked);
  auto json = ParseJson(answer.body);
  if (json.ok()) return json;
  return Error{ErrorCode::kUnavailable, asked.what + ": the answer of " + asked.address +
                                            " cannot be read: " + json.error().message};
}

Error ErrorOfRead(const HttpAnswer& answer, const AskedFor& asked) {
  const Json status = StatusIn(answer);
  if (answer.status == 401) return Unauthorized(asked);
  if (status.is_null()) return ErrorOfPlain(answer, asked);
  const std::string message = MessageOf(status, answer);
  const std::string said = asked.what + ": " + message;
  switch (answer.status) {
    case 400:
    case 405:
    case 406:
    case 422:
      return Invalid(said);
    case 403:
      return {ErrorCode::kDenied, said};
    case 404:
      // Without a name in it, it is the kind that is not there.
      if (StringIn(status, "details", "name").empty()) {
        return Invalid(asked.what +
                       ": the API server does not serve this kind: " + message);
      }
      return NotFound(said);
    case 409:
    case 410:
      return {ErrorCode::kConflict, said};
    default:
      return Unable(answer, status, asked);
  }
}

std::variant<Rejection, Error> NoOfWrite(const HttpAnswer& answer,
                                         const AskedFor& asked) {
  const Json status = StatusIn(answer);
  if (answer.status == 401) return Unauthorized(asked);
  if (status.is_null()) return ErrorOfPlain(answer, asked);
  Rejection rejection;
  rejection.http_status = answer.status;
  rejection.message = MessageOf(status, answer);
  rejection.causes = CausesOfDetails(status);
  if (rejection.causes.empty()) rejection.causes = CausesOfTypedPatch(rejection.message);
  if (rejection.causes.empty())
    rejection.causes = CausesOfStrictDecoding(rejection.message);
  if (!IsAboutTheObject(answer.status, rejection)) return Unable(answer, status, asked);
  rejection.kind = KindOf(answer.status, rejection);
  return rejection;
}

Error ErrorOf(const Rejection& rejection, const AskedFor& asked) {
  const std::string said = asked.what + ": " + rejection.message;
  switch (rejection.kind) {
    case Rejection::Kind::kNotFound:
      return NotFound(said);
    case Rejection::Kind::kConflict:
    case Rejection::Kind::kFieldConflict:
      return {ErrorCode::kConflict, said};
    case Rejection::Kind::kForbidden:
    case Rejection::Kind::kAdmission:
      return {ErrorCode::kDenied, said};
    case Rejection::Kind::kUnknownField:
    case Rejection::Kind::kInvalid:
    case Rejection::Kind::kOther:
      return Invalid(said);
  }
  return Internal(said);
}

bool WasNotDone(const HttpAnswer& answer) {
  return answer.status == 429 ||
         (answer.status == 503 && !HeaderOf(answer, "retry-after").empty());
}

bool WasOvertaken(const HttpAnswer& answer) {
  if (answer.status != 409) return false;
  const auto no = NoOfWrite(answer, {});
  const auto* rejection = std::get_if<Rejection>(&no);
  const auto status = ParseJson(answer.body);
  return rejection != nullptr && rejection->kind == Rejection::Kind::kConflict &&
         status.ok() && StringIn(*status, "reason") == "Conflict";
}

bool MayHeal(const HttpAnswer& answer) {
  switch (answer.status) {
    case 429:
    case 502:
    case 503:
    case 504:
      return true;
    case 500:
      // A misspelled field stays misspelled.
      return std::holds_alternative<Error>(NoOfWrite(answer, {}));
    default:
      return false;
  }
}

std::optional<std::chrono::seconds> RetryAfter(const HttpAnswer& answer) {
  const std::string text = HeaderOf(answer, "retry-after");
  if (text.empty()) return std::nullopt;
  long long seconds = 0;
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (error == std::errc() && end == text.data() + text.size()) {
    return std::chrono::seconds(std::max(0LL, seconds));
  }
  const auto until = ParseHttpDate(text);
  const auto now = ParseHttpDate(HeaderOf(answer, "date"));
  if (!until || !now) return std::nullopt;
  return std::chrono::seconds(std::max(0LL, *until - *now));
}

}  // namespace holdfast
