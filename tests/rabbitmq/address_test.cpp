#include "rabbitmq/client/address.hpp"

#include <doctest/doctest.h>

namespace orderflow::rabbitmq {
namespace {

std::string why_invalid(std::string_view text) {
  try {
    parse_address(text);
  } catch (const InvalidAddress& error) {
    return error.what();
  }
  return "it is valid";
}

TEST_CASE("an address has defaults for what it leaves out") {
  const Address address = parse_address("amqp://");
  CHECK(address == Address{});
  CHECK(address.host == "localhost");
  CHECK(address.port == 5672);
  CHECK(address.user == "guest");
  CHECK_FALSE(address.password);
  CHECK(address.vhost == "/");
  CHECK(parse_address("AMQPS://broker").port == 5671);
  CHECK(parse_address("amqps://broker").tls);
}

TEST_CASE("an address has every part that RabbitMQ's specification of URIs knows") {
  const Address address = parse_address("amqp://us%65r:p%40ss%2F%3A@shop.example:1234/v%2Fhost");
  CHECK(address.user == "user");
  CHECK(address.password == "p@ss/:");
  CHECK(address.host == "shop.example");
  CHECK(address.port == 1234);
  CHECK(address.vhost == "v/host");
  CHECK(parse_address("amqp://u:@h").password == "");
  CHECK(parse_address("amqp://[::1]").host == "::1");
  CHECK(parse_address("amqp://u:p@[fe80::1]:99/x").port == 99);
}

TEST_CASE("without a path the virtual host is /, and with an empty one it is empty") {
  CHECK(parse_address("amqp://h").vhost == "/");
  CHECK(parse_address("amqp://h/").vhost.empty());
  CHECK(parse_address("amqp://h/%2f").vhost == "/");
  CHECK(parse_address("amqp://h/orders").vhost == "orders");
}

TEST_CASE("an address is shown without its password and reads as the same") {
  const Address address = parse_address("amqps://a%20b:secret@[::1]:7/x%2Fy");
  CHECK(address.shown() == "amqps://a%20b:********@[::1]:7/x%2Fy");
  CHECK(parse_address("amqp://h").shown() == "amqp://guest@h:5672");
  CHECK(parse_address("amqp://h/").shown() == "amqp://guest@h:5672/");
}

TEST_CASE("what is no address is refused with the reason") {
  CHECK(why_invalid("http://h") == "an address begins with amqp:// or amqps://");
  CHECK(why_invalid("localhost:5672") == "an address begins with amqp:// or amqps://");
  CHECK(why_invalid("amqp://h:0") == "the port must be a number from 1 to 65535");
  CHECK(why_invalid("amqp://h:65536") == "the port must be a number from 1 to 65535");
  CHECK(why_invalid("amqp://h:") == "the port must be a number from 1 to 65535");
  CHECK(why_invalid("amqp://h:12x") == "the port must be a number from 1 to 65535");
  CHECK(why_invalid("amqp://:p@h") == "the user's name is empty");
  CHECK(why_invalid("amqp://u:%zz@h") == "password: % must be followed by two hexadecimal digits");
  CHECK(why_invalid("amqp://h/%2") == "virtual host: % must be followed by two hexadecimal digits");
  CHECK(why_invalid("amqp://h/%00") == "virtual host: control characters are not allowed");
  CHECK(why_invalid("amqp://h/a/b") == "a / in the virtual host is written %2F");
  CHECK(why_invalid("amqp://[::1") == "the host's [ is not closed");
  CHECK(why_invalid("amqp://[::1]5") == "behind the host's ] only a port may stand");
  CHECK(why_invalid("amqp://a b") == "the host has a character that no host has");
  CHECK(why_invalid("amqp://h/" + std::string(256, 'v')) ==
        "virtual host: at most 255 bytes are allowed");
  CHECK(why_invalid("amqp://h?heartbeat=5").starts_with("a query or fragment is not allowed"));
}

TEST_CASE("no reason shows a password") {
  for (const char* text : {"amqp://u:secret%@h", "amqp://u:secret@h:x", "amqp://u:secret@h?x=1",
                           "amqp://u:secret@h/a/b", "amqp://u:secret@[h"}) {
    CAPTURE(text);
    CHECK(why_invalid(text).find("secret") == std::string::npos);
  }
}

}  // namespace
}  // namespace orderflow::rabbitmq
