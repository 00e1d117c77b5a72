// What the server itself refuses, sent as no proper client would.
#include "acceptance/support/node.hpp"
#include "contract_client.hpp"
#include "support/raw_client.hpp"
#include "support/temporary_folder.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace orderflow::test {
namespace {

using nlohmann::json;

struct Refused {
  std::string problem;
  std::string bytes;
};

std::string head(const std::string& request_line, const std::string& more = {}) {
  return request_line + "\r\nHost: localhost\r\n" + more + "\r\n";
}

std::vector<Refused> all() {
  const std::string typed = "Content-Type: application/json\r\n";
  return {
      {"malformed-request", "GET /healthz HTTP/1.1\r\n\r\n"},
      {"route-not-found", head("GET /v2/orders HTTP/1.1")},
      {"method-not-allowed", head("DELETE /v1/orders HTTP/1.1")},
      {"request-timeout", head("POST /v1/orders HTTP/1.1", typed + "Content-Length: 2\r\n")},
      {"length-required", head("POST /v1/orders HTTP/1.1", "Transfer-Encoding: chunked\r\n")},
      {"expectation-failed",
       head("POST /v1/orders HTTP/1.1", typed + "Content-Length: 2\r\nExpect: tea\r\n")},
      {"host-not-allowed", "GET /healthz HTTP/1.1\r\nHost: shop.example\r\n\r\n"},
      {"header-too-large",
       head("GET /healthz HTTP/1.1", "X-Note: " + std::string(70'000, 'x') + "\r\n")},
      {"method-not-implemented", head("BREW /healthz HTTP/1.1")},
      {"http-version-not-supported", head("GET /healthz HTTP/2.0")},
  };
}

TEST_CASE("what the server itself refuses is among the problems of the contract") {
  TemporaryFolder folder;
  Node node(folder.path(), {{"ORDERFLOW_HTTP_BODY_TIMEOUT_MS", "100"}});
  const ApiContract contract = served_contract(node.port());
  const json& examples = contract.document().at("components").at("examples");
  for (const Refused& refused : all()) {
    CAPTURE(refused.problem);
    RawClient client(node.port());
    client.send(refused.bytes);
    const RawResponse answer = client.read_response();
    const json problem = json::parse(answer.body);
    const json& example = examples.at(refused.problem).at("value");
    for (const char* member : {"type", "title", "status"})
      CHECK(problem.at(member) == example.at(member));
    CHECK(answer.status == example.at("status"));
    for (const std::string& fault : contract.faults_of("Problem", problem))
      FAIL_CHECK(fault);
  }
}

}  // namespace
}  // namespace orderflow::test
