#include "outbound/public_address.hpp"

#include <doctest/doctest.h>

#include <string>

namespace orderflow::outbound {
namespace {

bool is_public_text(const std::string& text) {
  return is_public(boost::asio::ip::make_address(text));
}

TEST_CASE("addresses of the public Internet may be reached") {
  for (const std::string text :
       {"1.1.1.1",         "9.255.255.255",   "11.0.0.0",          "100.63.255.255",
        "100.128.0.0",     "126.255.255.255", "128.0.0.1",         "169.253.255.255",
        "172.15.255.255",  "172.32.0.0",      "192.0.1.0",         "192.167.255.255",
        "192.169.0.0",     "198.17.255.255",  "198.20.0.0",        "223.255.255.255",
        "2606:4700::1111", "2001:200::1",     "2a00:1450:4001::1", "3fff:1000::1"}) {
    CAPTURE(text);
    CHECK(is_public_text(text));
  }
}

TEST_CASE("special addresses may not be reached, however they are written") {
  for (const std::string text : {"0.0.0.0",
                                 "0.1.2.3",
                                 "10.0.0.1",
                                 "100.64.0.1",
                                 "100.127.255.255",
                                 "127.0.0.1",
                                 "127.255.255.255",
                                 "169.254.169.254",
                                 "172.16.0.1",
                                 "172.31.255.255",
                                 "192.0.0.8",
                                 "192.0.2.1",
                                 "192.88.99.1",
                                 "192.168.1.1",
                                 "198.18.0.1",
                                 "198.19.255.255",
                                 "198.51.100.7",
                                 "203.0.113.7",
                                 "224.0.0.1",
                                 "240.0.0.1",
                                 "255.255.255.255",
                                 "::",
                                 "::1",
                                 "::ffff:127.0.0.1",
                                 "::ffff:8.8.8.8",
                                 "64:ff9b::7f00:1",
                                 "100::1",
                                 "fe80::1",
                                 "fc00::1",
                                 "fd00:ec2::254",
                                 "ff02::1",
                                 "2001::1",
                                 "2001:10::1",
                                 "2001:db8::1",
                                 "2002:7f00:1::",
                                 "3fff:fff::1"}) {
    CAPTURE(text);
    CHECK_FALSE(is_public_text(text));
  }
}

}  // namespace
}  // namespace orderflow::outbound
