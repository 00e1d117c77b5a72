#include "core/strong.hpp"

#include <doctest/doctest.h>

#include <string>
#include <type_traits>
#include <unordered_set>

namespace orderflow::core {
namespace {

using UserId = Strong<struct UserIdTag, std::string>;
using ProductId = Strong<struct ProductIdTag, std::string>;

static_assert(!std::is_convertible_v<std::string, UserId>);
static_assert(!std::is_convertible_v<UserId, std::string>);
static_assert(!std::is_constructible_v<UserId, ProductId>);

TEST_CASE("strong values compare like what they hold") {
  CHECK(UserId{"a"} == UserId{"a"});
  CHECK(UserId{"a"} < UserId{"b"});
  CHECK(UserId{"a"}.value() == "a");
  CHECK(UserId{}.value().empty());
}

TEST_CASE("strong values can be keys of a hash table") {
  std::unordered_set<UserId> users{UserId{"a"}, UserId{"b"}, UserId{"a"}};
  CHECK(users.size() == 2);
  CHECK(users.contains(UserId{"b"}));
}

}  // namespace
}  // namespace orderflow::core
