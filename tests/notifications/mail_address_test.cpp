#include "mail/mail_address.hpp"

#include <doctest/doctest.h>

namespace orderflow::notifications {

TEST_CASE("an address can be used in a header when it is one plain address") {
  for (const char* address : {"a@b", "ann.lee+shop@mail.example.com", "o'neil@example.com"}) {
    CAPTURE(address);
    CHECK(is_mail_address(address));
  }
}

TEST_CASE("an address that could be more than one, or change the header, is refused") {
  for (const char* address : {"",
                              "ann",
                              "@example.com",
                              "ann@",
                              "a@b@c",
                              "a@b, c@d",
                              "a@b,c@d",
                              "a b@c",
                              "a@b c",
                              "Ann <ann@example.com>",
                              "<a@b>",
                              "a@b\r\nBcc: c@d",
                              "a@b\n",
                              "a\t@b",
                              "\"a\"@b",
                              "a@b;c",
                              "a(x)@b",
                              "a@[127.0.0.1]",
                              "änn@example.com",
                              "=?utf-8?q?ann=40mail.example?=@example.com",
                              "ann=?x?=@b",
                              "a@b\x7f"}) {
    CAPTURE(address);
    CHECK_FALSE(is_mail_address(address));
  }
  CHECK_FALSE(is_mail_address(std::string_view("a@b\0", 4)));
  CHECK(is_mail_address("a@" + std::string(252, 'b')));
  CHECK_FALSE(is_mail_address("a@" + std::string(253, 'b')));
}

TEST_CASE("addresses in the reserved domain reach nobody") {
  CHECK(is_undeliverable("a@invalid"));
  CHECK(is_undeliverable("a@mailbox.INVALID"));
  CHECK_FALSE(is_undeliverable("invalid@example.com"));
  CHECK_FALSE(is_undeliverable("a@notinvalid"));
  CHECK_FALSE(is_undeliverable("a@invalid.example"));
}

TEST_CASE("logs show the first letter and the domain of an address") {
  CHECK(masked("bob@example.com") == "b***@example.com");
  CHECK(masked("b@example.com") == "b***@example.com");
  CHECK(masked("no address\r\nat all") == "***");
  CHECK(masked("") == "***");
}

TEST_CASE("addresses in a server's replies are masked, and nothing else") {
  CHECK(with_masked_addresses("550 5.1.1 <ann@example.com>: no such mailbox") ==
        "550 5.1.1 <a***@example.com>: no such mailbox");
  CHECK(with_masked_addresses("no, ann@a.example and TO:bob@b.example, \"c@d\"") ==
        "no, a***@a.example and TO:b***@b.example, \"c***@d\"");
  CHECK(with_masked_addresses("a@b@c bad") == "*** bad");
  CHECK(with_masked_addresses("451 4.7.1 try later") == "451 4.7.1 try later");
  CHECK(with_masked_addresses("") == "");
}

}  // namespace orderflow::notifications
