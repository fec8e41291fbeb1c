// Log: what the daemon says while it runs, on standard error.

#pragma once

#include <string>
#include <string_view>

namespace holdfast {

enum class LogLevel { kDebug, kInfo, kWarn, kError };

/// Starts logging to standard error, lines of text: time, level, message.
/// Call once; before it, and for levels below `least`, Log() says nothing.
void StartLog(LogLevel least);

/// One line. `subject` is the sync it is about, or "". Any thread. The caller
/// masks secrets first: nothing that reaches this line is changed any more.
void Log(LogLevel level, std::string_view subject, std::string_view message);

}  // namespace holdfast
