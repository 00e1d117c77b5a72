#pragma once

#include <fmt/core.h>

#include <memory>

namespace spdlog {
class logger;
}

namespace orderflow::telemetry {

enum class LogLevel { debug, info, warn, error, critical };

/// The log of one component. The text is checked against its arguments at compile time, and
/// formatted only where its level is in force. Never throws. Safe from any thread.
///
/// Formatting is behind one function: templates of the format library that every caller would
/// instantiate took a tenth of the project's compile time.
class Logger {
 public:
  explicit Logger(std::shared_ptr<spdlog::logger> backend) noexcept;
  ~Logger();
  Logger(const Logger&) = delete;
  Logger& operator=(const Logger&) = delete;

  template <class... Args>
  void debug(fmt::format_string<Args...> text, Args&&... args) noexcept {
    write(LogLevel::debug, text, fmt::make_format_args(args...));
  }
  template <class... Args>
  void info(fmt::format_string<Args...> text, Args&&... args) noexcept {
    write(LogLevel::info, text, fmt::make_format_args(args...));
  }
  template <class... Args>
  void warn(fmt::format_string<Args...> text, Args&&... args) noexcept {
    write(LogLevel::warn, text, fmt::make_format_args(args...));
  }
  template <class... Args>
  void error(fmt::format_string<Args...> text, Args&&... args) noexcept {
    write(LogLevel::error, text, fmt::make_format_args(args...));
  }
  template <class... Args>
  void critical(fmt::format_string<Args...> text, Args&&... args) noexcept {
    write(LogLevel::critical, text, fmt::make_format_args(args...));
  }

  /// Whether anything of that level is written at the moment.
  bool is_on(LogLevel level) const noexcept;

  /// What writes it: for its level, and for tests that listen.
  spdlog::logger& backend() noexcept { return *backend_; }

 private:
  void write(LogLevel level, fmt::string_view text, fmt::format_args args) noexcept;

  const std::shared_ptr<spdlog::logger> backend_;
};

}  // namespace orderflow::telemetry
