#include "http/message/request_head.hpp"

#include <doctest/doctest.h>

namespace orderflow::http {

TEST_CASE("the end of a header section is found wherever it was split") {
  const std::string section = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
  const std::string received = section + "GET /next";
  for (std::size_t split = 0; split < section.size(); ++split) {
    CAPTURE(split);
    CHECK_FALSE(find_head_end(received.substr(0, split), 0));
    CHECK(find_head_end(received, split) == section.size());
  }
}

TEST_CASE("a header section is read into method, target, lower-case names and trimmed values") {
  RequestHead head;
  Request request;
  CHECK_FALSE(parse_head("PATCH /a?b HTTP/1.1\r\nHost: x\r\nX-Note:  A b \r\n\r\n", head, request));
  CHECK(head.method_known);
  CHECK(request.method == Method::patch);
  CHECK(request.target == "/a?b");
  CHECK(request.headers == Fields{{"host", "x"}, {"x-note", "A b"}});
  CHECK(head.keep_alive);
  CHECK_FALSE(head.http_1_0);
  CHECK_FALSE(head.folded);
}

TEST_CASE("a later minor version is read as HTTP/1.1, and other versions are not") {
  const auto parse = [](std::string_view version) {
    RequestHead head;
    Request request;
    const auto error =
        parse_head("GET /a HTTP/" + std::string(version) + "\r\nHost: x\r\n\r\n", head, request);
    if (!error) {
      CHECK(head.keep_alive);
      CHECK_FALSE(head.http_1_0);
      CHECK(request.headers == Fields{{"host", "x"}});
    }
    return error;
  };
  CHECK_FALSE(parse("1.1"));
  CHECK_FALSE(parse("1.2"));
  CHECK_FALSE(parse("1.9"));
  CHECK(parse("2.0") == HeadError::version_not_supported);
  CHECK(parse("0.9") == HeadError::version_not_supported);
  CHECK(parse("1.12") == HeadError::malformed);
  CHECK(parse("1.x") == HeadError::malformed);
}

TEST_CASE("what a connection is kept for depends on version and header") {
  const auto is_kept = [](std::string_view version, std::string_view header) {
    RequestHead head;
    Request request;
    const std::string section =
        "GET / HTTP/" + std::string(version) + "\r\n" + std::string(header) + "\r\n";
    CHECK_FALSE(parse_head(section, head, request));
    return head.keep_alive;
  };
  CHECK(is_kept("1.1", ""));
  CHECK_FALSE(is_kept("1.1", "Connection: close\r\n"));
  CHECK_FALSE(is_kept("1.1", "Connection: upgrade, Close\r\n"));
  CHECK_FALSE(is_kept("1.0", ""));
  CHECK(is_kept("1.0", "Connection: Keep-Alive\r\n"));
}

}  // namespace orderflow::http
