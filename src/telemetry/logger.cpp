#include "telemetry/logger.hpp"

#include <spdlog/logger.h>

#include <exception>
#include <iterator>
#include <utility>

namespace orderflow::telemetry {
namespace {

spdlog::level::level_enum backend_level(LogLevel level) noexcept {
  switch (level) {
    case LogLevel::debug:
      return spdlog::level::debug;
    case LogLevel::info:
      return spdlog::level::info;
    case LogLevel::warn:
      return spdlog::level::warn;
    case LogLevel::error:
      return spdlog::level::err;
    case LogLevel::critical:
      break;
  }
  return spdlog::level::critical;
}

}  // namespace

Logger::Logger(std::shared_ptr<spdlog::logger> backend) noexcept : backend_(std::move(backend)) {}

Logger::~Logger() = default;

bool Logger::is_on(LogLevel level) const noexcept {
  return backend_->should_log(backend_level(level));
}

void Logger::write(LogLevel level, fmt::string_view text, fmt::format_args args) noexcept {
  if (!is_on(level)) return;
  try {
    spdlog::memory_buf_t line;
    fmt::vformat_to(std::back_inserter(line), text, args);
    backend_->log(backend_level(level), spdlog::string_view_t(line.data(), line.size()));
  } catch (const std::exception& e) {
    backend_->log(spdlog::level::err, spdlog::string_view_t(e.what()));
  }
}

}  // namespace orderflow::telemetry
