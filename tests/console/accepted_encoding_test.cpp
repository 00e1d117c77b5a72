#include "accepted_encoding.hpp"

#include <doctest/doctest.h>

namespace orderflow::console {
namespace {

TEST_CASE("brotli goes before gzip where both are taken") {
  CHECK(accepted_encoding("gzip, deflate, br, zstd") == Encoding::brotli);
  CHECK(accepted_encoding("br;q=0.1,gzip;q=1.0") == Encoding::brotli);
  CHECK(accepted_encoding("GZIP") == Encoding::gzip);
  CHECK(accepted_encoding("x-gzip") == Encoding::gzip);
}

TEST_CASE("what is refused by its weight is not sent") {
  CHECK(accepted_encoding("br;q=0, gzip") == Encoding::gzip);
  CHECK(accepted_encoding("br ; q=0.000 , gzip ; q=0.001") == Encoding::gzip);
  CHECK(accepted_encoding("br;q=0,gzip;q=0.0") == std::nullopt);
  CHECK(accepted_encoding("*;q=0") == std::nullopt);
}

TEST_CASE("a star covers every coding that is not named") {
  CHECK(accepted_encoding("*") == Encoding::brotli);
  CHECK(accepted_encoding("br;q=0, *") == Encoding::gzip);
  CHECK(accepted_encoding("gzip, *;q=0") == Encoding::gzip);
}

TEST_CASE("a client that names no coding takes any") {
  CHECK(accepted_encoding(std::nullopt) == Encoding::gzip);
}

TEST_CASE("a client that takes neither gets neither") {
  CHECK(accepted_encoding("") == std::nullopt);
  CHECK(accepted_encoding("identity") == std::nullopt);
  CHECK(accepted_encoding("deflate, zstd,, ;q=1, brotli") == std::nullopt);
}

}  // namespace
}  // namespace orderflow::console
