#include "cli/event_follower.hpp"

#include "http/server_fixture.hpp"

#include <doctest/doctest.h>

#include <stdexcept>
#include <string>

namespace orderflow::cli {
namespace {

TEST_CASE("what is thrown while an event is taken ends the following, and reaches the caller") {
  Interruption interruption;
  test::TestServer server;
  server.router.add(http::Method::get, "/stream", http::Access::open, [](http::Request&) {
    return test::TestServer::text("id: 1\nevent: order.created\ndata: {}\n\n");
  });
  server.start();
  int lost = 0;
  EventFollower follower({.url = "http://127.0.0.1:" + std::to_string(server.server().port())},
                         "/stream", interruption,
                         {.take = [](const StreamedEvent&) -> bool {
                            throw std::runtime_error("no room for the event");
                          },
                          .lost =
                              [&](const std::string&) {
                                // It would reconnect without end.
                                if (++lost > 1)
                                  throw std::logic_error("taken for a lost connection");
                              }});
  CHECK_THROWS_WITH(follower.follow(), "no room for the event");
  CHECK(lost == 0);
}

}  // namespace
}  // namespace orderflow::cli
