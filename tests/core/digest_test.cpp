#include "core/digest.hpp"

#include <doctest/doctest.h>

namespace orderflow::core {
namespace {

TEST_CASE("digests are those of the published examples") {
  CHECK(sha256_hex("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(sha256_hex("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK(sha256_hex("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq") ==
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
}

TEST_CASE("bytes of zero are part of the data") {
  CHECK(sha256_hex(std::string_view("\0", 1)) != sha256_hex(""));
}

TEST_CASE("the text is the digest's bytes in order") {
  const Sha256 digest = sha256("abc");
  CHECK(digest.front() == 0xba);
  CHECK(digest.back() == 0xad);
}

}  // namespace
}  // namespace orderflow::core
