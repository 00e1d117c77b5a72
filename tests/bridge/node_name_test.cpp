#include "bridge/message/node_name.hpp"

#include <doctest/doctest.h>

#include <string>

namespace orderflow::bridge {
namespace {

TEST_CASE("node names are words of a routing key") {
  CHECK(is_node_name("shop-1_A"));
  CHECK(is_node_name(std::string(64, 'x')));
  for (const std::string& name : {std::string(), std::string(65, 'x'), std::string("a.b"),
                                  std::string("a b"), std::string("*"), std::string("#"),
                                  std::string("ä"), std::string("a/b"), std::string("a\0b", 3)}) {
    CAPTURE(name);
    CHECK_FALSE(is_node_name(name));
  }
}

}  // namespace
}  // namespace orderflow::bridge
