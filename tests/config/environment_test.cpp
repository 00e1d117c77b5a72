#include "config/environment.hpp"

#include <doctest/doctest.h>

namespace orderflow::config {
namespace {

TEST_CASE("a path names its environment variable in upper snake case") {
  CHECK(environment_name("http.port") == "ORDERFLOW_HTTP_PORT");
  CHECK(environment_name("http.maxBodyBytes") == "ORDERFLOW_HTTP_MAX_BODY_BYTES");
  CHECK(environment_name("billing.fraud.largestOrder") == "ORDERFLOW_BILLING_FRAUD_LARGEST_ORDER");
  CHECK(environment_name("node") == "ORDERFLOW_NODE");
}

TEST_CASE("a digit before a capital ends a word, and capitals in a row stay together") {
  CHECK(environment_name("http.http2Enabled") == "ORDERFLOW_HTTP_HTTP2_ENABLED");
  CHECK(environment_name("rabbitmq.baseURI") == "ORDERFLOW_RABBITMQ_BASE_URI");
}

TEST_CASE("a variable's value may be empty and may hold an equals sign") {
  const auto own = variables({"ORDERFLOW_A=", "ORDERFLOW_B=x=y", "ORDERFLOW_WITHOUT_VALUE"});
  REQUIRE(own.size() == 2);
  CHECK(own.at("ORDERFLOW_A").empty());
  CHECK(own.at("ORDERFLOW_B") == "x=y");
}

TEST_CASE("of a variable that is set twice the first counts") {
  CHECK(variables({"ORDERFLOW_A=1", "ORDERFLOW_A=2"}).at("ORDERFLOW_A") == "1");
}

TEST_CASE("the process's environment is made of NAME=value lines") {
  const auto lines = process_environment();
  REQUIRE_FALSE(lines.empty());
  CHECK(lines.front().find('=') != std::string::npos);
}

}  // namespace
}  // namespace orderflow::config
