#include "core/invariant.hpp"

#include "support/forked.hpp"

#include <doctest/doctest.h>

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace orderflow::core {
namespace {

using test::Ended;
using test::in_child;

TEST_CASE("a broken invariant ends the process, and names what is broken and where") {
  const Ended ended = in_child([] { invariant(1 > 2, "one is more than two"); });
  CHECK(ended.is_aborted());
  CHECK(ended.printed.starts_with("broken invariant: one is more than two, "));
  CHECK(ended.printed.find("invariant_test.cpp:") != std::string::npos);
  CHECK(ended.printed.ends_with("\n"));
}

TEST_CASE("an invariant that holds does nothing") {
  const Ended ended = in_child([] { invariant(2 > 1, "two is less than one"); });
  CHECK(WIFEXITED(ended.status));
  CHECK(ended.printed.empty());
}

TEST_CASE("a look-up that cannot fail gives its value, and ends the process where there is none") {
  std::optional<int> number = 7;
  value_of(number, "no number") = 8;
  CHECK(value_of(std::as_const(number), "no number") == 8);
  CHECK(*value_of(std::optional(std::make_unique<int>(9)), "no pointer") == 9);
  CHECK(value_of(&*number, "no number") == 8);

  const Ended ended = in_child([] { value_of(std::optional<int>{}, "the number is gone"); });
  CHECK(ended.is_aborted());
  CHECK(ended.printed.starts_with("broken invariant: the number is gone, "));
}

}  // namespace
}  // namespace orderflow::core
