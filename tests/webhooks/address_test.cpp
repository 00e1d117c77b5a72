#include "endpoint/endpoint_address.hpp"

#include <doctest/doctest.h>

#include <string>

namespace orderflow::webhooks {
namespace {

TEST_CASE("public https addresses pass") {
  for (const char* url :
       {"https://example.com", "https://example.com/hooks?tenant=7", "https://EXAMPLE.com:8443/a",
        "https://xn--bcher-kva.example/", "https://hooks.example.com./x", "https://93.184.216.34/",
        "https://[2606:2800:220:1:248:1893:25c8:1946]/hooks"}) {
    CAPTURE(url);
    CHECK(refusal_of_address(url, false) == std::nullopt);
  }
}

TEST_CASE("what leads to this machine or a private network is refused in every spelling") {
  for (const char* url : {"https://localhost/",
                          "https://LOCALHOST:8443/",
                          "https://a.localhost/",
                          "https://localhost./",
                          "https://127.0.0.1/",
                          "https://127.9.9.9/",
                          "https://0.0.0.0/",
                          "https://10.1.2.3/",
                          "https://172.16.0.1/",
                          "https://192.168.1.1/",
                          "https://169.254.169.254/latest/meta-data",
                          "https://100.64.0.1/",
                          "https://[::1]/",
                          "https://[::]/",
                          "https://[::ffff:127.0.0.1]/",
                          "https://[::ffff:7f00:1]/",
                          "https://[fd00::1]/",
                          "https://[fe80::1]/",
                          "https://[64:ff9b::7f00:1]/",
                          "https://2130706433/",
                          "https://0x7f000001/",
                          "https://0x7f.1/",
                          "https://127.1/",
                          "https://0177.0.0.1/",
                          "https://017700000001/",
                          "https://%31%32%37.0.0.1/",
                          "https://a..b/",
                          "https:///path"}) {
    CAPTURE(url);
    CHECK(refusal_of_address(url, false) != std::nullopt);
  }
}

TEST_CASE("what is no address of an endpoint is refused, whatever is allowed") {
  const std::string too_long = "https://example.com/" + std::string(2048, 'a');
  for (const std::string& url :
       {std::string(""), std::string("example.com"), std::string("/hooks"),
        std::string("ftp://example.com/"), std::string("file:///etc/passwd"),
        std::string("https://ada:secret@example.com/"), std::string("https://example.com/#here"),
        std::string("https://example.com:0/"), std::string("https://example.com:65536/"),
        std::string("https://example.com/\r\nX: y"), std::string("https://example.com/ a"),
        std::string("https://ex\xc3\xa4mple.com/"), std::string("https://"), too_long}) {
    CAPTURE(url);
    CHECK(refusal_of_address(url, false) != std::nullopt);
    CHECK(refusal_of_address(url, true) != std::nullopt);
  }
}

TEST_CASE("http and private hosts pass only where the settings allow them") {
  for (const char* url : {"http://127.0.0.1:3000/hooks", "http://localhost/", "http://[::1]:9/",
                          "https://10.0.0.1/", "http://example.com/"}) {
    CAPTURE(url);
    CHECK(refusal_of_address(url, false) != std::nullopt);
    CHECK(refusal_of_address(url, true) == std::nullopt);
  }
}

}  // namespace
}  // namespace orderflow::webhooks
