#pragma once

#include "settings.hpp"

#include <cstdint>
#include <string>

namespace orderflow::app {

/// Where a server with these options is asked at `address`: "https://[::1]:8443".
std::string url_of(const http::ServerOptions& options, const std::string& address,
                   std::uint16_t port);

/// Where the command line of this machine finds it.
std::string url_on_this_machine(const http::ServerOptions& options, std::uint16_t port);

/// Tells on standard output that the node listens at `url`, and how to begin.
void print_welcome(const std::string& node, const Settings& settings, const std::string& url,
                   bool key_required);

}  // namespace orderflow::app
