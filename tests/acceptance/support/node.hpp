#pragma once

#include "support/http_client.hpp"
#include "support/process.hpp"
#include "support/sanitized.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace orderflow::test {

/// Settings from the environment: what a test changes of the laptop's defaults.
using Settings = std::vector<std::pair<std::string, std::string>>;

/// The settings file that comes with the sources.
std::filesystem::path shipped_settings_file();

/// `orderflow serve` on the data folder `data` and a free port. Of the settings in the environment
/// it gets those of `settings` alone, whatever stands in this process's own.
Command serve_command(const std::filesystem::path& data, const Settings& settings = {},
                      const std::filesystem::path& settings_file = shipped_settings_file());

/// The real executable, serving on a port of its own. The node that a test leaves running is asked
/// to stop at the end; one that does not end with exit code 0 then, which is also how a sanitizer
/// reports what it found, fails the test. Belongs to one thread.
class Node {
 public:
  /// `flags` are further ones of `serve`. Returns when the node listens. Throws
  /// `std::runtime_error` with what the node logged where it does not.
  explicit Node(const std::filesystem::path& data, const Settings& settings = {},
                const std::vector<std::string>& flags = {});
  ~Node();
  Node(const Node&) = delete;
  Node& operator=(const Node&) = delete;

  std::uint16_t port() const noexcept { return port_; }
  Process& process() noexcept { return process_; }

  /// SIGTERM: returns when the node has drained and ended.
  void stop();

  /// SIGKILL: returns when the node has ended.
  void kill();

  /// The memory of the node that is in use now.
  std::size_t resident_bytes() const;

 private:
  Process process_;
  std::uint16_t port_;
  bool running_ = true;
};

/// Waits for what another process brings about: returns when `condition` is true, and throws
/// `std::runtime_error` that names `what` where it is not within `limit`.
void wait_until(const std::string& what, const std::function<bool()>& condition,
                std::chrono::seconds limit = std::chrono::seconds(sanitized ? 90 : 30));

}  // namespace orderflow::test
