#include "welcome.hpp"

#include <algorithm>
#include <cstdio>
#include <filesystem>

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

void print_welcome(const std::string& node, const Settings& settings, const Entrance& entrance) {
  const char* url = entrance.url.c_str();
  std::string hosted;
  for (const std::string& name : settings.modules)
    hosted += (hosted.empty() ? "" : ", ") + name;
  std::printf("orderflow %s, node %s, modules %s\n", ORDERFLOW_VERSION, node.c_str(),
              hosted.c_str());
  std::printf("listening on %s\n", url);
  std::printf("data in %s\n", std::filesystem::absolute(settings.data_folder).c_str());
  const bool takes_orders = std::ranges::find(settings.modules, "orders") != settings.modules.end();
  if (takes_orders) {
    std::printf(
        "\nPlace a first order:\n\n"
        "  curl -s %s/v1/orders -H 'Content-Type: application/json' \\\n%s"
        "    -d '{\"userId\":\"ada\",\"email\":\"ada@example.com\",\"currency\":\"EUR\","
        "\"items\":[{\"productId\":\"book-1\",\"quantity\":1,\"price\":1999}]}'\n",
        url,
        entrance.key_required ? "    -H \"Authorization: Bearer $ORDERFLOW_API_KEY\" \\\n" : "");
  }
  if (entrance.page) {
    std::printf("\n%s in a browser: %s/\n", takes_orders ? "Watch it" : "Watch the events", url);
  }
  std::printf("\nStop with Ctrl-C.\n");
  std::fflush(stdout);
}

}  // namespace orderflow::app
