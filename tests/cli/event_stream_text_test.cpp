#include "cli/event_stream_text.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace orderflow::cli {
namespace {

struct Taken {
  std::vector<StreamedEvent> events;
  EventStreamText text{[this](const StreamedEvent& event) { events.push_back(event); }, 1000};
};

const std::string stream =
    ": the log from place 3 on\nid: 3\nretry: 1000\n\n"
    "id: 4\nevent: order.created\ndata: {\"a\":1}\n\n"
    ": still here\n\n"
    "id: 5\r\nevent: order.processed\r\ndata: one\r\ndata:two\r\n\r\n";

TEST_CASE("events are read however the stream is cut into pieces") {
  for (std::size_t size = 1; size <= stream.size(); ++size) {
    CAPTURE(size);
    Taken taken;
    for (std::size_t at = 0; at < stream.size(); at += size)
      REQUIRE(taken.text.feed(std::string_view(stream).substr(at, size)));
    REQUIRE(taken.events.size() == 2);
    CHECK(taken.events[0].id == "4");
    CHECK(taken.events[0].kind == "order.created");
    CHECK(taken.events[0].data == "{\"a\":1}");
    CHECK(taken.events[1].data == "one\ntwo");
    CHECK(taken.text.last_id() == "5");
  }
}

TEST_CASE("the position that the stream begins at is known before its first event") {
  Taken taken;
  CHECK(taken.text.feed("id: 3\nretry: 1000\n\n"));
  CHECK(taken.text.last_id() == "3");
  CHECK(taken.events.empty());
}

TEST_CASE("an event that was not received to its end does not count") {
  Taken taken;
  CHECK(taken.text.feed("id: 3\n\nid: 4\ndata: x\n"));
  CHECK(taken.events.empty());
  CHECK(taken.text.last_id() == "3");
}

TEST_CASE("an event of any length is not kept") {
  Taken taken;
  CHECK(taken.text.feed("data: " + std::string(900, 'x')));
  CHECK_FALSE(taken.text.feed(std::string(200, 'x')));
}

}  // namespace
}  // namespace orderflow::cli
