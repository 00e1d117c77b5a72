#include "core/field_error.hpp"

#include <doctest/doctest.h>

#include <string>

namespace orderflow::core {
namespace {

TEST_CASE("errors are kept in the order they came, up to their bound") {
  FieldErrors errors{{"/a", "is required"}};
  for (int i = 0; i < 100'000; ++i)
    errors.push_back({"/" + std::to_string(i), "is not a field of this object"});
  CHECK(errors.is_full());
  CHECK(errors.size() == FieldErrors::count_max);
  CHECK(errors.front().pointer == "/a");
  CHECK(errors[1].pointer == "/0");
}

TEST_CASE("a long text of an error is cut between two characters") {
  FieldErrors errors;
  std::string name = "x";
  for (int i = 0; i < 1'000; ++i)
    name += "é";
  errors.push_back({name, std::string(FieldErrors::text_bytes_max, 'd')});
  const FieldError& kept = errors.front();
  CHECK(kept.pointer.size() <= FieldErrors::text_bytes_max);
  CHECK(kept.pointer.ends_with("é…"));
  CHECK(kept.detail == std::string(FieldErrors::text_bytes_max, 'd'));
}

TEST_CASE("long errors are fewer") {
  FieldErrors errors;
  for (int i = 0; i < 1'000; ++i)
    errors.push_back({std::string(10'000, 'p'), std::string(10'000, 'd')});
  CHECK(errors.is_full());
  std::size_t bytes = 0;
  for (const FieldError& error : errors)
    bytes += error.pointer.size() + error.detail.size();
  CHECK(bytes <= FieldErrors::bytes_max + 2 * FieldErrors::text_bytes_max);
}

}  // namespace
}  // namespace orderflow::core
