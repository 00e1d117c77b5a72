#pragma once

#include "support/http_client.hpp"
#include "support/process.hpp"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace orderflow::test {

/// The receiver of webhooks, a process of its own: see receiver.js. Belongs to one thread.
class Receiver {
 public:
  /// Returns when it listens. Throws `std::runtime_error` where it does not.
  Receiver();

  /// The URL of one of its paths, by this host.
  std::string url(const std::string& path, const std::string& host = "127.0.0.1") const {
    return "http://" + host + ":" + std::to_string(port_) + "/" + path;
  }

  /// Has a path answer by these rules from now on.
  void rule(const std::string& path, const nlohmann::json& rules);

  /// All requests that came to a path, in the order they came.
  std::vector<nlohmann::json> requests(const std::string& path);

  /// What the reference library makes of the path's first request, changed in every way; null where
  /// it accepts it.
  nlohmann::json forged(const std::string& path);

 private:
  Process process_;
  std::uint16_t port_;
  HttpClient client_;
};

}  // namespace orderflow::test
