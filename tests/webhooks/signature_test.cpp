#include "sending/signature.hpp"
#include "core/base64.hpp"

#include <doctest/doctest.h>

#include <set>
#include <stdexcept>

namespace orderflow::webhooks {
namespace {

const core::Timestamp when = core::from_micros(1'614'265'330'999'999);
constexpr std::string_view id = "msg_p5jXN8AQM9LWM0D4loKWxJek";
constexpr std::string_view body = R"({"test": 2432232314})";

// Made with `openssl dgst -sha256 -mac HMAC -macopt hexkey:…` over id.timestamp.body.
const std::string first = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const std::string first_code = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
const std::string second = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
const std::string second_code = "v1,O4Gjv1HqPqsMrjmczoggs/sWA8gZD0VyHG+fLh4+ktI=";

TEST_CASE("a signature is what openssl computes for the same secret, id, second and body") {
  CHECK(signature({first}, id, when, body) == first_code);
  CHECK(signature({second}, id, when, body) == second_code);
}

TEST_CASE("under rotation each secret signs, the newest first") {
  CHECK(signature({second, first}, id, when, body) == second_code + " " + first_code);
}

TEST_CASE("whatever is changed changes the signature") {
  CHECK(signature({first}, "msg_other", when, body) != first_code);
  CHECK(signature({first}, id, when + std::chrono::seconds(1), body) != first_code);
  CHECK(signature({first}, id, when, R"({"test": 2432232315})") != first_code);
}

TEST_CASE("a new secret is the prefix and the base64 of as many bytes, and no two are the same") {
  std::set<std::string> seen;
  for (const std::size_t bytes : {24U, 32U, 64U}) {
    for (int n = 0; n < 20; ++n) {
      const std::string secret = new_secret(bytes);
      REQUIRE(secret.starts_with("whsec_"));
      const auto key = core::base64_decoded(std::string_view(secret).substr(6));
      REQUIRE(key);
      CHECK(key->size() == bytes);
      CHECK(seen.insert(secret).second);
    }
  }
}

TEST_CASE("what is not a secret signs nothing") {
  for (const char* text : {"", "whsec_", "whsec_?", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"}) {
    CHECK_THROWS_AS(signature({text}, id, when, body), std::invalid_argument);
  }
}

}  // namespace
}  // namespace orderflow::webhooks
