// Error: why there is no value.
//
// Errors are values with context. The code says what a caller may do about it
// (ask again, change Git, give up); the message is one sentence for a person,
// outermost context first: "cassandra/statefulset.yaml:12: unknown field x".

#pragma once

#include <string>
#include <string_view>

namespace holdfast {

enum class ErrorCode {
  kInvalid,      ///< The input is wrong; the same input will fail again.
  kNotFound,     ///< What was asked for does not exist.
  kConflict,     ///< Somebody else changed or owns it; read again and decide anew.
  kDenied,       ///< Credentials are missing, wrong or do not suffice.
  kUnavailable,  ///< The other side is away, busy or broken; later may work.
  kTimeout,      ///< No answer in time; whether it was done is unknown.
  kCancelled,    ///< We were asked to stop.
  kInternal,     ///< A promise of our own code was broken.
};

/// The code's name in lower case, for logs: "not_found".
std::string_view ToString(ErrorCode code);

struct Error {
  ErrorCode code = ErrorCode::kInternal;
  std::string message;

  /// The same error with `context` and ": " in front of its message.
  [[nodiscard]] Error In(std::string_view context) const;

  bool operator==(const Error&) const = default;
};

inline Error Invalid(std::string message) { return {ErrorCode::kInvalid, std::move(message)}; }
inline Error NotFound(std::string message) { return {ErrorCode::kNotFound, std::move(message)}; }
inline Error Internal(std::string message) { return {ErrorCode::kInternal, std::move(message)}; }

}  // namespace holdfast
