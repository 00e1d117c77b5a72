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

TEST_CASE("message authentication codes are those of RFC 4231") {
  const auto hex = [](const Sha256& code) {
    std::string text;
    for (const std::uint8_t byte : code)
      for (const int digit : {byte >> 4, byte & 0x0f})
        text += "0123456789abcdef"[digit];
    return text;
  };
  CHECK(hex(hmac_sha256(std::string(20, '\x0b'), "Hi There")) ==
        "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
  CHECK(hex(hmac_sha256("Jefe", "what do ya want for nothing?")) ==
        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  CHECK(hex(hmac_sha256(std::string(131, '\xaa'),
                        "Test Using Larger Than Block-Size Key - Hash Key First")) ==
        "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
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
