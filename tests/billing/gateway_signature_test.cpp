#include "gateway_events/gateway_signature.hpp"

#include "core/digest.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace orderflow::billing {
namespace {

using namespace std::chrono_literals;

const core::Timestamp now{std::chrono::seconds(1'700'000'000)};
const std::string body = R"({"id":"evt_1","type":"payment_intent.succeeded"})";
const std::string secret = "whsec_test";

std::string signature(const std::string& key, std::int64_t seconds, const std::string& text) {
  const core::Sha256 code = core::hmac_sha256(key, std::to_string(seconds) + "." + text);
  std::string hex;
  for (const std::uint8_t byte : code) {
    hex += "0123456789abcdef"[byte >> 4];
    hex += "0123456789abcdef"[byte & 15];
  }
  return hex;
}

std::string header(std::int64_t seconds, const std::string& key = secret) {
  return "t=" + std::to_string(seconds) + ",v1=" + signature(key, seconds, body);
}

}  // namespace

TEST_CASE("a signature is that of an independent implementation") {
  // python3: hmac.new(b"whsec_test", b"1700000000." + body, hashlib.sha256).hexdigest()
  CHECK(
      is_signed("t=1700000000,v1=001ce3ef73e456cedaab328328720d3ad59defb8bbd0f1518f46c04ad4ac0bb7",
                body, secret, now));
}

TEST_CASE("an event that was signed with the secret just now is taken") {
  CHECK(is_signed(header(1'700'000'000), body, secret, now));
  CHECK(is_signed(header(1'700'000'000 - 300), body, secret, now));
  CHECK(is_signed(header(1'700'000'000 + 300), body, secret, now));
}

TEST_CASE("while a secret is replaced one of several signatures is enough") {
  const std::string old = signature("whsec_old", 1'700'000'000, body);
  const std::string good = signature(secret, 1'700'000'000, body);
  CHECK(is_signed("t=1700000000,v1=" + old + ",v1=" + good, body, secret, now));
  CHECK(is_signed("t=1700000000,v0=aa,v1=" + good + ",v1=" + old, body, secret, now));
}

TEST_CASE("an event that is old, from the future, changed or signed by others is refused") {
  CHECK_FALSE(is_signed(header(1'700'000'000 - 301), body, secret, now));
  CHECK_FALSE(is_signed(header(1'700'000'000 + 301), body, secret, now));
  CHECK_FALSE(is_signed(header(1'700'000'000), body + " ", secret, now));
  CHECK_FALSE(is_signed(header(1'700'000'000, "whsec_other"), body, secret, now));
  const std::string good = signature(secret, 1'700'000'000, body);
  CHECK_FALSE(is_signed("t=1700000001,v1=" + good, body, secret, now));
  CHECK_FALSE(is_signed("t=1700000000,v0=" + good, body, secret, now));
}

TEST_CASE("parts of a signature that name nothing are skipped, and several times are refused") {
  const std::string good = signature(secret, 1'700'000'000, body);
  CHECK(is_signed("t=1700000000,v2,v1=" + good, body, secret, now));
  CHECK(is_signed(",t=1700000000,,v1=" + good + ",", body, secret, now));
  CHECK_FALSE(is_signed("t=1700000000,t=1700000000,v1=" + good, body, secret, now));
  CHECK_FALSE(is_signed("t=1600000000,v1=" + good + ",t=1700000000", body, secret, now));
}

TEST_CASE("a malformed header is refused") {
  const std::string good = signature(secret, 1'700'000'000, body);
  const std::vector<std::string> headers{"",
                                         "t=1700000000",
                                         "v1=" + good,
                                         "t=,v1=" + good,
                                         "t=abc,v1=" + good,
                                         "t=1700000000;v1=" + good,
                                         "t=-1,v1=" + good,
                                         "t=99999999999999999999,v1=" + good,
                                         "t=1700000000,v1=" + good.substr(1),
                                         "t=1700000000,v1=",
                                         ",,,",
                                         "t"};
  for (const std::string& text : headers) {
    CAPTURE(text);
    CHECK_FALSE(is_signed(text, body, secret, now));
  }
}

}  // namespace orderflow::billing
