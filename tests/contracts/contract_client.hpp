#pragma once

#include "api_contract.hpp"
#include "support/http_client.hpp"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace orderflow::test {

/// What the node on `port` documents of its REST interface to a client that sends `headers`.
ApiContract served_contract(std::uint16_t port, const HttpHeaders& headers = {});

/// A client whose every answer is compared with a contract: what differs fails the running test.
class ContractClient {
 public:
  /// `always` are headers of every request.
  ContractClient(std::uint16_t port, ApiContract& contract, HttpHeaders always = {})
      : client_(port), contract_(contract), always_(std::move(always)) {}

  /// Sends a request, which must be answered with `status`; where it is a problem, of that type.
  /// `body` of null means none; a text is sent as it is.
  HttpResponse expect(unsigned status, const std::string& method, std::string_view target,
                      const nlohmann::json& body = nullptr, HttpHeaders headers = {});
  HttpResponse refuse(std::string_view problem, const std::string& method, std::string_view target,
                      const nlohmann::json& body = nullptr, HttpHeaders headers = {});

  /// The body of an answer of 200.
  nlohmann::json get(std::string_view target) { return expect(200, "GET", target).json(); }

  /// The client below, for what no contract describes.
  HttpClient& plain() noexcept { return client_; }

 private:
  HttpClient client_;
  ApiContract& contract_;
  HttpHeaders always_;
};

}  // namespace orderflow::test
