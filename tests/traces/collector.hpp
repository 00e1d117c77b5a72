#pragma once

#include "support/process.hpp"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace orderflow::test {

/// The collector of collector.py, a process of its own that keeps what it takes. Ends with this
/// object.
class Collector {
 public:
  explicit Collector(std::uint16_t port = 0);

  const std::string& url() const noexcept { return url_; }
  std::uint16_t port() const noexcept;

  /// All spans, each with its `node`.
  nlohmann::json spans();
  /// Waits until the spans are such; those then.
  nlohmann::json wait_for(const std::string& what,
                          const std::function<bool(const nlohmann::json& spans)>& is_so);
  /// Waits for so many.
  nlohmann::json wait_for(std::size_t count);
  /// How many requests came, and the headers of the last.
  nlohmann::json requests();
  /// So many of the next requests are answered so: {"status", "retry_after", "times", "body"}.
  void behave(const nlohmann::json& wanted);
  /// A check of the running test: every body followed the protocol.
  void check_sound();

 private:
  Process process_;
  std::string url_;
};

}  // namespace orderflow::test
