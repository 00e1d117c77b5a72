#pragma once

#include "app/settings.hpp"

#include <cstdint>
#include <string>

namespace orderflow::app {

/// Where a server with these options is asked at `address`: "https://[::1]:8443".
std::string url_of(const http::ServerOptions& options, const std::string& address,
                   std::uint16_t port);

/// Where the command line on this machine finds it.
std::string url_on_this_machine(const http::ServerOptions& options, std::uint16_t port);

/// How a node is reached.
struct ReachableAt {
  std::string url;
  bool key_required = false;
  bool page = false;  ///< there is one for browsers at `/`
};

/// Prints where the node listens, and how to begin; with `log.format` "json" as one line like those
/// of the log. Throws `cli::OutputFailed`.
void print_welcome(const std::string& node, const Settings& settings,
                   const ReachableAt& reachable_at);

}  // namespace orderflow::app
