#include "telemetry/log.hpp"

#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/stdout_color_sinks.h>

#include <map>
#include <mutex>
#include <stdexcept>

namespace orderflow::telemetry {
namespace {

/// The message as a JSON string, quotes included.
class JsonMessage final : public spdlog::custom_flag_formatter {
 public:
  void format(const spdlog::details::log_msg& message, const std::tm&,
              spdlog::memory_buf_t& out) override {
    constexpr char digits[] = "0123456789abcdef";
    out.push_back('"');
    for (const char c : message.payload) {
      const auto byte = static_cast<unsigned char>(c);
      if (c == '"' || c == '\\') {
        out.push_back('\\');
        out.push_back(c);
      } else if (byte < 0x20) {
        for (const char e : {'\\', 'u', '0', '0', digits[byte >> 4], digits[byte & 0x0f]}) {
          out.push_back(e);
        }
      } else {
        out.push_back(c);
      }
    }
    out.push_back('"');
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
    formatter->set_pattern("%Y-%m-%dT%H:%M:%S.%eZ %^%-5l%$ %-13n %v");
  }
  sink.set_formatter(std::move(formatter));
}

struct Loggers {
  Loggers() { set_format(*sink, LogFormat::text); }

  std::mutex mutex;
  std::shared_ptr<spdlog::sinks::sink> sink =
      std::make_shared<spdlog::sinks::stderr_color_sink_mt>();
  spdlog::level::level_enum level = spdlog::level::info;
  std::map<std::string, std::shared_ptr<spdlog::logger>, std::less<>> by_component;
};

Loggers& loggers() {
  static Loggers all;
  return all;
}

}  // namespace

spdlog::logger& log(std::string_view component) {
  Loggers& all = loggers();
  const std::lock_guard lock(all.mutex);
  const auto found = all.by_component.find(component);
  if (found != all.by_component.end()) return *found->second;
  auto logger = std::make_shared<spdlog::logger>(std::string(component), all.sink);
  logger->set_level(all.level);
  return *all.by_component.emplace(std::string(component), std::move(logger)).first->second;
}

void configure_logs(std::string_view level, LogFormat format) {
  const auto parsed = spdlog::level::from_str(std::string(level));
  if (parsed == spdlog::level::off && level != "off") {
    throw std::invalid_argument("unknown log level '" + std::string(level) + "'");
  }
  Loggers& all = loggers();
  const std::lock_guard lock(all.mutex);
  all.level = parsed;
  set_format(*all.sink, format);
  for (const auto& [name, logger] : all.by_component)
    logger->set_level(parsed);
}

}  // namespace orderflow::telemetry
