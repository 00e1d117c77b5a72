#include "core/json_pointer.hpp"

#include <doctest/doctest.h>

namespace orderflow::core {
namespace {

TEST_CASE("a member's pointer is that of its object and its name") {
  CHECK(pointer_to("", "userId") == "/userId");
  CHECK(pointer_to("/items/0", "price") == "/items/0/price");
  CHECK(pointer_to("", "") == "/");
}

TEST_CASE("what has a meaning in a pointer is escaped in a name") {
  CHECK(pointer_to("", "a/b") == "/a~1b");
  CHECK(pointer_to("/x", "~1") == "/x/~01");
}

}  // namespace
}  // namespace orderflow::core
