#include "telemetry/log.hpp"

#include "telemetry/log_line.hpp"
#include "telemetry/log_sink.hpp"
#include "telemetry/masking.hpp"
#include "telemetry/queued_logs.hpp"

#include <spdlog/logger.h>
#include <spdlog/pattern_formatter.h>

#include <unistd.h>
#include <chrono>
#include <map>
#include <mutex>
#include <set>
#include <stdexcept>
#include <string_view>

namespace orderflow::telemetry {
namespace {

/// The message, masked.
class MaskedMessage : public spdlog::custom_flag_formatter {
 public:
  void format(const spdlog::details::log_msg& message, const std::tm&,
              spdlog::memory_buf_t& out) override {
    const std::string text = masked({message.payload.data(), message.payload.size()});
    out.append(text.data(), text.data() + text.size());
  }
  std::unique_ptr<custom_flag_formatter> clone() const override {
    return std::make_unique<MaskedMessage>();
  }
};

/// A JSON string, quotes included. What is masked has no control characters.
void append_json(std::string_view text, spdlog::memory_buf_t& out) {
  out.push_back('"');
  for (const char c : text) {
    if (c == '"' || c == '\\') out.push_back('\\');
    out.push_back(c);
  }
  out.push_back('"');
}

/// The same as JSON: the message, and the fields as an object where there are any. Of several of
/// one name the first counts.
class JsonMessage final : public spdlog::custom_flag_formatter {
 public:
  void format(const spdlog::details::log_msg& message, const std::tm&,
              spdlog::memory_buf_t& out) override {
    const std::string text = masked({message.payload.data(), message.payload.size()});
    const LogLine line = parse_log_line(text);
    append_json(line.message, out);
    std::set<std::string_view> seen;
    for (const auto& [name, value] : line.fields) {
      const std::string_view before = seen.empty() ? ",\"fields\":{" : ",";
      if (!seen.insert(name).second) continue;
      out.append(before.data(), before.data() + before.size());
      append_json(name, out);
      out.push_back(':');
      append_json(value, out);
    }
    if (!seen.empty()) out.push_back('}');
  }
  std::unique_ptr<custom_flag_formatter> clone() const override {
    return std::make_unique<JsonMessage>();
  }
};

void set_format(spdlog::sinks::sink& sink, LogFormat format) {
  auto formatter = std::make_unique<spdlog::pattern_formatter>(spdlog::pattern_time_type::utc);
  if (format == LogFormat::json) {
    formatter->add_flag<JsonMessage>('*').set_pattern(
        R"({"time":"%Y-%m-%dT%H:%M:%S.%fZ","level":"%l","component":"%n","message":%*})");
  } else {
    formatter->add_flag<MaskedMessage>('*').set_pattern("%Y-%m-%dT%H:%M:%S.%eZ %^%-5l%$ %-13n %*");
  }
  sink.set_formatter(std::move(formatter));
}

struct Loggers {
  Loggers() { set_format(*sink, LogFormat::text); }

  std::mutex mutex;
  std::shared_ptr<LogSink> sink = std::make_shared<LogSink>(STDERR_FILENO);
  spdlog::level::level_enum level = spdlog::level::info;
  std::map<std::string, spdlog::level::level_enum, std::less<>> own_levels;
  std::map<std::string, Logger, std::less<>> by_component;
};

Loggers& loggers() {
  static Loggers all;
  return all;
}

spdlog::level::level_enum parsed(std::string_view level) {
  const auto known = spdlog::level::from_str(std::string(level));
  if (known == spdlog::level::off && level != "off") {
    throw std::invalid_argument("unknown log level '" + std::string(level) + "'");
  }
  return known;
}

spdlog::level::level_enum level_of(const Loggers& all, std::string_view component) {
  const auto own = all.own_levels.find(component);
  return own == all.own_levels.end() ? all.level : own->second;
}

}  // namespace

Logger& log(std::string_view component) {
  Loggers& all = loggers();
  const std::lock_guard lock(all.mutex);
  const auto found = all.by_component.find(component);
  if (found != all.by_component.end()) return found->second;
  auto backend = std::make_shared<spdlog::logger>(std::string(component), all.sink);
  backend->set_level(level_of(all, component));
  return all.by_component.try_emplace(std::string(component), std::move(backend)).first->second;
}

void configure_logs(std::string_view level, LogFormat format) {
  set_log_level(level);
  Loggers& all = loggers();
  const std::lock_guard lock(all.mutex);
  set_format(*all.sink, format);
}

QueuedLogs::QueuedLogs() {
  loggers().sink->start_queue();
}

QueuedLogs::~QueuedLogs() {
  constexpr std::chrono::milliseconds limit{1'000};
  loggers().sink->stop_queue(limit);
}

std::uint64_t log_lines_dropped() noexcept {
  return loggers().sink->dropped();
}

void set_log_level(std::string_view level) {
  const auto wanted = parsed(level);
  Loggers& all = loggers();
  const std::lock_guard lock(all.mutex);
  all.level = wanted;
  for (auto& [name, logger] : all.by_component)
    logger.backend().set_level(level_of(all, name));
}

void set_log_level(std::string_view component, std::optional<std::string_view> level) {
  std::optional<spdlog::level::level_enum> wanted;
  if (level) wanted = parsed(*level);
  Loggers& all = loggers();
  const std::lock_guard lock(all.mutex);
  if (wanted) {
    all.own_levels.insert_or_assign(std::string(component), *wanted);
  } else {
    all.own_levels.erase(std::string(component));
  }
  const auto logger = all.by_component.find(component);
  if (logger != all.by_component.end()) {
    logger->second.backend().set_level(level_of(all, component));
  }
}

}  // namespace orderflow::telemetry
