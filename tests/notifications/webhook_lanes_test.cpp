#include "webhooks/lanes.hpp"

#include <doctest/doctest.h>

#include <vector>

namespace orderflow::notifications::webhooks {
namespace {

using namespace std::chrono_literals;
using events::Seq;

const core::Timestamp start = core::from_micros(1'700'000'000'000'000);

EndpointId endpoint(int number) {
  core::Uuid id;
  id.bytes[15] = static_cast<std::uint8_t>(number);
  return EndpointId{id};
}

/// Takes the turns there are, as a sender whose endpoints all have more to be sent than there is
/// room for; the requests in the order they began.
struct Sent {
  EndpointId id;
  Lanes::Ticket ticket;
};
std::vector<Sent> send_all(Lanes& lanes, core::Timestamp now) {
  static std::int64_t place = 0;
  std::vector<Sent> sent;
  while (const auto id = lanes.next(now)) {
    const std::size_t room = lanes.room(*id);
    for (std::size_t n = 0; n < room; ++n)
      sent.push_back({*id, lanes.begin(*id, Seq{++place}, now)});
  }
  return sent;
}

std::size_t count(const std::vector<Sent>& sent, EndpointId id) {
  std::size_t found = 0;
  for (const Sent& one : sent)
    found += one.id == id ? 1 : 0;
  return found;
}

TEST_CASE("endpoints take turns, each with no more requests than one may have") {
  Lanes lanes(6, 4);
  for (const int number : {1, 2, 3})
    lanes.ready(endpoint(number));
  const auto sent = send_all(lanes, start);
  CHECK(sent.size() == 6);
  CHECK(count(sent, endpoint(1)) == 4);
  CHECK(count(sent, endpoint(2)) == 2);
  lanes.end(sent[0].ticket, 0, std::nullopt, start);
  const auto then = send_all(lanes, start);
  REQUIRE(then.size() == 1);
  CHECK(then[0].id == endpoint(3));
}

TEST_CASE("endpoints that fail take no place from those that work") {
  Lanes lanes(2, 2);
  for (int number = 1; number <= 9; ++number) {
    lanes.learn_failures(endpoint(number), 1);
    lanes.ready(endpoint(number));
  }
  CHECK(send_all(lanes, start).size() == 2);
  lanes.ready(endpoint(100));
  const auto sent = send_all(lanes, start);
  CHECK(sent.size() == 2);
  CHECK(count(sent, endpoint(100)) == 2);
}

TEST_CASE("requests without an answer for two seconds give their places to others") {
  Lanes lanes(2, 2);
  lanes.ready(endpoint(1));
  CHECK(send_all(lanes, start).size() == 2);
  lanes.ready(endpoint(2));
  CHECK(send_all(lanes, start).empty());
  CHECK(lanes.next_due() == start + Lanes::slow_after);
  const auto sent = send_all(lanes, start + Lanes::slow_after);
  CHECK(count(sent, endpoint(2)) == 2);

  // There is an end to it: twice as many, and no more.
  lanes.ready(endpoint(3));
  CHECK(send_all(lanes, start + 10s).empty());
  CHECK(lanes.in_flight() == 4);
}

TEST_CASE("an endpoint that failed is sent one request at a time, and rests when it fails on") {
  Lanes lanes(8, 4);
  lanes.ready(endpoint(1));
  auto sent = send_all(lanes, start);
  REQUIRE(sent.size() == 4);
  for (const Sent& one : sent)
    lanes.end(one.ticket, 1, std::nullopt, start);
  sent = send_all(lanes, start);
  REQUIRE(sent.size() == 1);

  lanes.end(sent[0].ticket, Lanes::failures_open, std::nullopt, start);
  CHECK(send_all(lanes, start).empty());
  CHECK(lanes.next_due() == start + Lanes::rest_first);
  sent = send_all(lanes, start + Lanes::rest_first);
  REQUIRE(sent.size() == 1);
  const core::Timestamp later = start + Lanes::rest_first;
  lanes.end(sent[0].ticket, 1000, std::nullopt, later);
  CHECK(send_all(lanes, later + Lanes::rest_max - 1us).empty());
  sent = send_all(lanes, later + Lanes::rest_max);
  REQUIRE(sent.size() == 1);

  lanes.end(sent[0].ticket, 0, std::nullopt, later + Lanes::rest_max);
  CHECK(send_all(lanes, later + Lanes::rest_max).size() == 4);
}

TEST_CASE("an endpoint that asks for rest gets it, unless its owner changes it") {
  Lanes lanes(8, 4);
  lanes.ready(endpoint(1));
  const auto sent = send_all(lanes, start);
  lanes.end(sent[0].ticket, 1, start + 1h, start);
  for (std::size_t n = 1; n < sent.size(); ++n)
    lanes.end(sent[n].ticket, 1, std::nullopt, start);
  CHECK(send_all(lanes, start + 59min).empty());
  lanes.forget_rest(endpoint(1));
  lanes.ready(endpoint(1));
  CHECK(send_all(lanes, start + 59min).size() == 1);
}

}  // namespace
}  // namespace orderflow::notifications::webhooks
