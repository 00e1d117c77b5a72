#include "commands/config/settings_views.hpp"

#include "app/loaded_settings.hpp"

#include <stdexcept>
#include <utility>

namespace orderflow::commands {

Listening read_listening(config::Sources sources) {
  config::Document document(std::move(sources));
  const auto http = document.section("http");
  const http::ServerOptions options = app::read_http(http);
  const bool tls = app::read_tls(document.section("http.tls")).has_value();
  const bool plain = app::read_plain_beyond_loopback(http);
  try {
    document.check();
  } catch (const config::Invalid& invalid) {
    std::vector<config::Problem> ours;
    for (const config::Problem& problem : invalid.problems()) {
      if (problem.key == "http.host" || problem.key == "http.port") ours.push_back(problem);
    }
    if (!ours.empty()) throw config::Invalid(std::move(ours));
  }
  return {
      .address = options.address, .port = options.port, .tls = tls, .plain_beyond_loopback = plain};
}

std::string reachable_url(const Listening& listening) {
  if (listening.port == 0) {
    throw std::runtime_error("http.port: is 0, so the port is chosen when the node starts");
  }
  std::string host = listening.address;
  if (host == "0.0.0.0") host = "127.0.0.1";
  if (host == "::") host = "::1";
  if (host.find(':') != std::string::npos) host = "[" + host + "]";
  return (listening.tls ? "https://" : "http://") + host + ":" + std::to_string(listening.port);
}

nlohmann::ordered_json effective_settings(
    const std::string& file, std::vector<config::Override> overrides,
    const std::vector<std::unique_ptr<host::Module>>& modules) {
  config::Document document(app::settings_sources(file, std::move(overrides)));
  app::read_all_settings(document, modules);
  document.check();
  return document.effective();
}

nlohmann::ordered_json settings_schema(const std::vector<std::unique_ptr<host::Module>>& modules) {
  config::Document document{config::Sources{}};
  app::read_all_settings(document, modules);
  return document.schema();
}

}  // namespace orderflow::commands
