#include "core/c_border.hpp"

#include <doctest/doctest.h>

#include <cstddef>
#include <stdexcept>

namespace orderflow::core {
namespace {

template <class Callback>
constexpr bool is_accepted = requires(Callback callback) {
  never_throws(callback);
};

static_assert(is_accepted<int (*)(void*) noexcept>);
static_assert(!is_accepted<int (*)(void*)>);

TEST_CASE("what is thrown at the border to C ends there, as the library's own sign of failure") {
  CHECK(at_c_border(7, [] { return 1; }) == 1);
  CHECK(at_c_border(7, []() -> int { throw std::runtime_error("lost"); }) == 7);
  CHECK(at_c_border(std::size_t{0}, []() -> std::size_t { throw 1; }) == 0);
}

TEST_CASE("what was thrown is kept for whoever has called the library") {
  std::exception_ptr thrown;
  CHECK(at_c_border(
      true, [] { return true; }, &thrown));
  CHECK_FALSE(thrown);
  CHECK_FALSE(at_c_border(
      false, []() -> bool { throw std::runtime_error("kept"); }, &thrown));
  REQUIRE(thrown);
  CHECK_THROWS_WITH(std::rethrow_exception(thrown), "kept");
}

}  // namespace
}  // namespace orderflow::core
