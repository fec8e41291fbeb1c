// Environment: what the process was started with, passed in so that a test can
// give another one.

#pragma once

#include <functional>
#include <istream>
#include <optional>
#include <ostream>
#include <string>

namespace holdfast {

struct Environment {
  std::function<std::optional<std::string>(const std::string&)> variable;
  std::istream& in;
  std::ostream& out;
  std::ostream& err;
  bool out_is_terminal = false;
  bool err_is_terminal = false;
  /// True once we were asked to stop; looked at by everything that waits.
  std::function<bool()> cancelled = [] { return false; };
};

}  // namespace holdfast
