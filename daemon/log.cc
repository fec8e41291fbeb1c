#include "daemon/log.h"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

namespace holdfast {
namespace {

constexpr const char* kName = "holdfast";

spdlog::level::level_enum ToSpdlog(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug: return spdlog::level::debug;
    case LogLevel::kInfo: return spdlog::level::info;
    case LogLevel::kWarn: return spdlog::level::warn;
    case LogLevel::kError: return spdlog::level::err;
  }
  return spdlog::level::err;
}

}  // namespace

void StartLog(LogLevel least) {
  auto logger = spdlog::stderr_logger_mt(kName);
  logger->set_pattern("%Y-%m-%dT%H:%M:%S.%eZ %^%l%$ %v", spdlog::pattern_time_type::utc);
  logger->set_level(ToSpdlog(least));
  logger->flush_on(spdlog::level::debug);
}

void Log(LogLevel level, std::string_view subject, std::string_view message) {
  const auto logger = spdlog::get(kName);
  if (logger == nullptr) return;
  if (subject.empty()) {
    logger->log(ToSpdlog(level), "{}", message);
  } else {
    logger->log(ToSpdlog(level), "{}: {}", subject, message);
  }
}

}  // namespace holdfast
