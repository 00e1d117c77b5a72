#include "cli/node_client.hpp"

#include <doctest/doctest.h>

namespace orderflow::cli {
namespace {

TEST_CASE("any text in a path or a parameter is escaped") {
  CHECK(escaped("billing.capture:42") == "billing.capture%3A42");
  CHECK(escaped("a/b?c#d e\xc3\xa4") == "a%2Fb%3Fc%23d%20e%C3%A4");
  CHECK(query_of({{"a", "1"}, {"b", ""}, {"c", "x&y"}}) == "?a=1&c=x%26y");
  CHECK(query_of({{"a", ""}}).empty());
}

TEST_CASE("a refusal shows its cause, each field, and what to do next") {
  const nlohmann::json problem = {{"title", "The order is not valid"},
                                  {"detail", "See errors for each field."},
                                  {"errors", {{{"pointer", "/items"}, {"detail", "is missing"}}}}};
  CHECK(explanation(422, problem) ==
        "The order is not valid: See errors for each field.\n  /items is missing");
  CHECK(explanation(401, problem).find("ORDERFLOW_API_KEY") != std::string::npos);
  CHECK(explanation(503, problem).find("orderflow status") != std::string::npos);
  CHECK(explanation(500, {{"title", "Broken"}, {"correlationId", "c-1"}}).find("c-1") !=
        std::string::npos);
}

TEST_CASE("a refusal that is no problem document is shown as well") {
  CHECK(explanation(404, nullptr) == "the node answered with status 404");
  CHECK(explanation(404, {{"title", 7}, {"errors", "x"}}) == "the node answered with status 404");
  CHECK(explanation(404, {{"title", "T"}, {"errors", {1, "x"}}}) == "T");
}

TEST_CASE("where nobody listens the client advises what to do") {
  NodeClient client({.url = "http://127.0.0.1:1"});
  CHECK_THROWS_WITH_AS(client.get("/readyz"), doctest::Contains("orderflow serve"),
                       NodeUnreachable);
}

}  // namespace
}  // namespace orderflow::cli
