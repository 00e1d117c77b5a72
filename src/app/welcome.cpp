#include "app/welcome.hpp"

#include "cli/terminal/printing.hpp"
#include "cli/terminal/shown_text.hpp"
#include "core/clock.hpp"

#include <algorithm>
#include <filesystem>
#include <vector>

namespace orderflow::app {

std::string url_of(const http::ServerOptions& options, const std::string& address,
                   std::uint16_t port) {
  const bool six = address.find(':') != std::string::npos;
  return (options.certificate ? "https://" : "http://") + (six ? "[" + address + "]" : address) +
         ":" + std::to_string(port);
}

std::string url_on_this_machine(const http::ServerOptions& options, std::uint16_t port) {
  if (options.address == "0.0.0.0") return url_of(options, "127.0.0.1", port);
  return url_of(options, options.address == "::" ? "::1" : options.address, port);
}

namespace {

std::string joined(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names)
    text += (text.empty() ? "" : ", ") + name;
  return text;
}

std::string data_folder(const Settings& settings) {
  return cli::printable(std::filesystem::absolute(settings.data_folder).string());
}

/// As a line of the log.
void print_json_welcome(const std::string& node, const Settings& settings,
                        const ReachableAt& reachable_at) {
  cli::print_json_line({{"time", core::to_rfc3339(core::SystemClock().now())},
                        {"level", "info"},
                        {"component", "app"},
                        {"message", "listening on " + reachable_at.url},
                        {"fields",
                         {{"version", ORDERFLOW_VERSION},
                          {"node", node},
                          {"modules", joined(settings.modules)},
                          {"url", reachable_at.url},
                          {"data", data_folder(settings)}}}});
}

}  // namespace

void print_welcome(const std::string& node, const Settings& settings,
                   const ReachableAt& reachable_at) {
  if (settings.log_format == telemetry::LogFormat::json) {
    print_json_welcome(node, settings, reachable_at);
    return;
  }
  std::string text = "orderflow " ORDERFLOW_VERSION ", node " + node + ", modules " +
                     joined(settings.modules) + "\nlistening on " + reachable_at.url +
                     "\ndata in " + data_folder(settings) + "\n";
  const bool takes_orders = std::ranges::find(settings.modules, "orders") != settings.modules.end();
  if (takes_orders) {
    text += "\nPlace a first order:\n\n  curl -s " + reachable_at.url +
            "/v1/orders -H 'Content-Type: application/json' \\\n";
    if (reachable_at.key_required) {
      text += "    -H \"Authorization: Bearer $ORDERFLOW_API_KEY\" \\\n";
    }
    text +=
        "    -d '{\"userId\":\"ada\",\"email\":\"ada@example.com\",\"currency\":\"EUR\","
        "\"items\":[{\"productId\":\"book-1\",\"quantity\":1,\"price\":1999}]}'\n";
  }
  if (reachable_at.page) {
    text += std::string("\n") + (takes_orders ? "Watch it" : "Watch the events") +
            " in a browser: " + reachable_at.url + "/\n";
  }
  cli::print(text + "\nStop with Ctrl-C.\n");
  cli::flush_output();
}

}  // namespace orderflow::app
