#include "telemetry/masking.hpp"

#include <doctest/doctest.h>

#include <string>
#include <utility>
#include <vector>

namespace orderflow::telemetry {
namespace {

using Pairs = std::vector<std::pair<std::string, std::string>>;

void check_each(const Pairs& pairs) {
  for (const auto& pair : pairs) {
    CAPTURE(pair.first);
    CHECK(masked(pair.first) == pair.second);
  }
}

TEST_CASE("of a mail address the first character and the domain are left") {
  check_each({{"550 <ada.lovelace+x@example.com>: unknown", "550 <a***@example.com>: unknown"},
              {"to=a@b.c", "to=a***@b.c"},
              {"/v1/users/ada%40example.com/statistic", "/v1/users/a***%40example.com/statistic"},
              {"a@x.org,b@y.org", "a***@x.org,b***@y.org"},
              {"\"\xc3\xa4nne@example.com\"", "\"\xc3\xa4***@example.com\""},
              {"already a***@example.com", "already a***@example.com"}});
}

TEST_CASE("the login in a broker's address is not taken for a mail address") {
  check_each({{"broker=amqp://guest@host:5672/", "broker=amqp://guest@host:5672/"},
              {"broker=amqp://guest:***@host:5672/", "broker=amqp://guest:***@host:5672/"},
              {"https://ada:s3cret@host/", "https://ada:s***@host/"}});
}

TEST_CASE("of payment methods, keys and signing secrets the kind is left") {
  check_each(
      {{"No such PaymentMethod: 'pm_1NxAbcdEFGh'", "No such PaymentMethod: 'pm_***'"},
       {"key sk_live_51Habcdefghi was revoked", "key sk_live_*** was revoked"},
       {"key=ofk_3f2a9c0b7d614e85_0123456789abcdef", "key=ofk_***"},
       {"GET /v1/%2Fofk_3f2a9c0b7d614e85_0123", "GET /v1/%2Fofk_***"},
       {"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_***"},
       {"tok_visa_debit, src_1234567", "tok_***, src_***"},
       {"a name like rpm_package or pm_max stays", "a name like rpm_package or pm_max stays"},
       {"payment pi_3NxAbcdEFGh stays", "payment pi_3NxAbcdEFGh stays"}});
}

TEST_CASE("of a card number the last four digits are left") {
  check_each({{"card 4242424242424242 declined", "card ***4242 declined"},
              {"card 4242 4242 4242 4242 declined", "card ***4242 declined"},
              {"card=5555-5555-5555-4444", "card=***4444"},
              {"not a card: 4242424242424241", "not a card: 4242424242424241"},
              {"micros 1732283640000000 and id 0193533e-3c2b-7d1a-8f2e-4242424242424242",
               "micros 1732283640000000 and id 0193533e-3c2b-7d1a-8f2e-4242424242424242"}});
}

TEST_CASE("a text that has nothing to hide is written as it is") {
  const std::string line =
      "delivery failed subscription=billing.capture event=0193533e-3c2b-7d1a-8f2e-0c1d2e3f4a5b"
      " kind=payment.requested attempt=2 state=retrying error=\"no answer\"";
  CHECK(masked(line) == line);
  CHECK(masked("").empty());
  CHECK(masked("gr\xc3\xbc\xc3\x9f dich \xf0\x9f\x98\x80") ==
        "gr\xc3\xbc\xc3\x9f dich \xf0\x9f\x98\x80");
}

TEST_CASE("what would control a terminal or turn the order of reading is written out") {
  check_each({{"a\xc2\x9b"
               "31mb",
               "a\\x9b31mb"},
              {"gnp\xe2\x80\xae"
               "exe.",
               "gnp\\u202eexe."},
              {"one\xe2\x80\xa8two", "one\\u2028two"},
              {"a\xc2\xa0"
               "b",
               "a\xc2\xa0"
               "b"}});
}

TEST_CASE("nothing that a peer sends can end a line or break the encoding") {
  check_each({{"first\r\nsecond\x1b[31m", "first  second [31m"},
              {"\xff\xc0\x80 \xed\xa0\x80",
               "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd \xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"},
              {"cut \xe2\x82", "cut \xef\xbf\xbd\xef\xbf\xbd"}});
}

}  // namespace
}  // namespace orderflow::telemetry
