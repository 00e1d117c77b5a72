#pragma once

#include "acceptance/support/node.hpp"
#include "support/http_client.hpp"
#include "support/process.hpp"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <string>

namespace orderflow::test {

/// The gateway of card_gateway.py, which describes there what it does. Ends with this object.
class CardGatewayProcess {
 public:
  struct Options {
    std::uint64_t seed = 1;
    std::uint16_t port = 0;  ///< 0 takes a free one
    std::string certificate =
        {};  ///< PEM; given: it speaks TLS, and the members below are of no use
    std::string private_key = {};
  };
  explicit CardGatewayProcess(const Options& options);
  CardGatewayProcess() : CardGatewayProcess(Options{}) {}

  const std::string& url() const noexcept { return url_; }
  std::uint16_t port() const noexcept;

  /// What a node needs to charge there.
  Settings settings() const;

  /// Changes how it behaves, by the names of `Behaviour`.
  void behave(const nlohmann::json& wanted);
  /// From now on events are sent to that node.
  void set_node(const Node& node);
  /// Ends all that is processing or pending; how much that was.
  int settle();
  nlohmann::json books();

  /// What a shop or a bank does there, by the names of the routes: "refund", "dispute", …
  nlohmann::json act(const std::string& what, const nlohmann::json& wanted);

 private:
  nlohmann::json post(const char* target, const nlohmann::json& body);

  Process process_;
  std::string url_;
};

}  // namespace orderflow::test
