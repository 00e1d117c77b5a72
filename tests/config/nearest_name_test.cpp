#include "config/nearest_name.hpp"

#include <doctest/doctest.h>

namespace orderflow::config {
namespace {

TEST_CASE("a misspelt name finds the one that was meant") {
  const std::vector<std::string> names{"host", "maxBodyBytes", "idleTimeoutMs"};
  CHECK(nearest_name("hsot", names) == "host");
  CHECK(nearest_name("hos", names) == "host");
  CHECK(nearest_name("maxBodybytes", names) == "maxBodyBytes");
  CHECK(nearest_name("idleTimeout", names) == "idleTimeoutMs");
}

TEST_CASE("two swapped neighbours are one edit") {
  CHECK(nearest_name("ba", {"ab"}) == "ab");
  CHECK(nearest_name("ba", {"cd"}) == std::nullopt);
}

TEST_CASE("the nearest of several wins, the first of equals") {
  CHECK(nearest_name("retries", {"entries", "retry", "retriesMax"}) == "entries");
  CHECK(nearest_name("cat", {"bat", "hat"}) == "bat");
}

TEST_CASE("a name unlike all others finds nothing") {
  CHECK(nearest_name("colour", {"host", "port"}) == std::nullopt);
  CHECK(nearest_name("x", {}) == std::nullopt);
  CHECK(nearest_name("", {"host"}) == std::nullopt);
}

}  // namespace
}  // namespace orderflow::config
