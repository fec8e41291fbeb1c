// Result: a value, or the Error that says why there is none.

#pragma once

#include <optional>
#include <string>
#include <utility>
#include <variant>

#include "diff/error.h"

namespace holdfast {

/// REQUIRES ok() before value() and !ok() before error(); the standard
/// library ends the program otherwise, since going on would act on nothing.
template <typename T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}

  bool ok() const { return state_.index() == 0; }
  explicit operator bool() const { return ok(); }

  const T& value() const& { return std::get<0>(state_); }
  T& value() & { return std::get<0>(state_); }
  T&& value() && { return std::get<0>(std::move(state_)); }
  const T& operator*() const& { return value(); }
  T& operator*() & { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  const T* operator->() const { return &value(); }
  T* operator->() { return &value(); }

  const Error& error() const { return std::get<1>(state_); }

  /// The same, an error of it with `context` in front.
  [[nodiscard]] Result In(std::string_view context) && {
    if (ok()) return std::move(*this);
    return error().In(context);
  }

 private:
  std::variant<T, Error> state_;
};

/// A Result of nothing: done, or why not.
class [[nodiscard]] Status {
 public:
  Status() = default;
  Status(Error error) : error_(std::move(error)) {}

  bool ok() const { return !error_.has_value(); }
  explicit operator bool() const { return ok(); }
  const Error& error() const { return error_.value(); }
  [[nodiscard]] Status In(std::string_view context) && {
    if (ok()) return std::move(*this);
    return error().In(context);
  }

 private:
  std::optional<Error> error_;
};

#define HOLDFAST_CONCAT_(a, b) a##b
#define HOLDFAST_CONCAT(a, b) HOLDFAST_CONCAT_(a, b)

/// Returns from the surrounding function with the error of `expression`, if it has one.
#define HOLDFAST_TRY(expression)                                      \
  do {                                                                \
    if (auto holdfast_status = (expression); !holdfast_status.ok()) { \
      return holdfast_status.error();                                 \
    }                                                                 \
  } while (false)

/// `HOLDFAST_TRY_ASSIGN(const auto x, F());`: the value of F(), or return its error.
#define HOLDFAST_TRY_ASSIGN(declaration, expression)                             \
  auto HOLDFAST_CONCAT(holdfast_result_, __LINE__) = (expression);               \
  if (!HOLDFAST_CONCAT(holdfast_result_, __LINE__).ok()) {                       \
    return HOLDFAST_CONCAT(holdfast_result_, __LINE__).error();                  \
  }                                                                              \
  declaration = std::move(HOLDFAST_CONCAT(holdfast_result_, __LINE__)).value()

}  // namespace holdfast
