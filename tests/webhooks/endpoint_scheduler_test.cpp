#include "sending/endpoint_scheduler.hpp"
#include "core/random.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <vector>

namespace orderflow::webhooks {
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
  EndpointScheduler::RequestNumber request_number;
};
std::vector<Sent> send_all(EndpointScheduler& scheduler, core::Timestamp now) {
  static std::int64_t position = 0;
  std::vector<Sent> sent;
  while (const auto id = scheduler.next(now)) {
    const std::size_t room = scheduler.room(*id);
    for (std::size_t n = 0; n < room; ++n)
      sent.push_back({*id, scheduler.begin(*id, Seq{++position}, now)});
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
  EndpointScheduler scheduler(6, 4);
  for (const int number : {1, 2, 3})
    scheduler.ready(endpoint(number));
  const auto sent = send_all(scheduler, start);
  CHECK(sent.size() == 6);
  CHECK(count(sent, endpoint(1)) == 4);
  CHECK(count(sent, endpoint(2)) == 2);
  scheduler.end(sent[0].request_number, 0, std::nullopt, start);
  const auto then = send_all(scheduler, start);
  REQUIRE(then.size() == 1);
  CHECK(then[0].id == endpoint(3));
}

TEST_CASE("endpoints that fail take no slot from those that work") {
  EndpointScheduler scheduler(2, 2);
  for (int number = 1; number <= 9; ++number) {
    scheduler.learn_failures(endpoint(number), 1);
    scheduler.ready(endpoint(number));
  }
  CHECK(send_all(scheduler, start).size() == 2);
  scheduler.ready(endpoint(100));
  const auto sent = send_all(scheduler, start);
  CHECK(sent.size() == 2);
  CHECK(count(sent, endpoint(100)) == 2);
}

TEST_CASE("requests without an answer for two seconds give their slots to others") {
  EndpointScheduler scheduler(2, 2);
  scheduler.ready(endpoint(1));
  CHECK(send_all(scheduler, start).size() == 2);
  scheduler.ready(endpoint(2));
  CHECK(send_all(scheduler, start).empty());
  CHECK(scheduler.next_due() == start + EndpointScheduler::slow_after);
  const auto sent = send_all(scheduler, start + EndpointScheduler::slow_after);
  CHECK(count(sent, endpoint(2)) == 2);

  // There is an end to it: twice as many, and no more.
  scheduler.ready(endpoint(3));
  CHECK(send_all(scheduler, start + 10s).empty());
  CHECK(scheduler.in_flight() == 4);
}

TEST_CASE("an endpoint that failed is sent one request at a time, and rests when it fails on") {
  EndpointScheduler scheduler(8, 4);
  scheduler.ready(endpoint(1));
  auto sent = send_all(scheduler, start);
  REQUIRE(sent.size() == 4);
  for (const Sent& one : sent)
    scheduler.end(one.request_number, 1, std::nullopt, start);
  sent = send_all(scheduler, start);
  REQUIRE(sent.size() == 1);

  scheduler.end(sent[0].request_number, EndpointScheduler::failures_open, std::nullopt, start);
  CHECK(send_all(scheduler, start).empty());
  CHECK(scheduler.next_due() == start + EndpointScheduler::rest_first);
  sent = send_all(scheduler, start + EndpointScheduler::rest_first);
  REQUIRE(sent.size() == 1);
  const core::Timestamp later = start + EndpointScheduler::rest_first;
  scheduler.end(sent[0].request_number, 1000, std::nullopt, later);
  CHECK(send_all(scheduler, later + EndpointScheduler::rest_max - 1us).empty());
  sent = send_all(scheduler, later + EndpointScheduler::rest_max);
  REQUIRE(sent.size() == 1);

  scheduler.end(sent[0].request_number, 0, std::nullopt, later + EndpointScheduler::rest_max);
  CHECK(send_all(scheduler, later + EndpointScheduler::rest_max).size() == 4);
}

TEST_CASE("an endpoint that asks for a pause gets it, unless its owner changes it") {
  EndpointScheduler scheduler(8, 4);
  scheduler.ready(endpoint(1));
  const auto sent = send_all(scheduler, start);
  scheduler.end(sent[0].request_number, 1, start + 1h, start);
  for (std::size_t n = 1; n < sent.size(); ++n)
    scheduler.end(sent[n].request_number, 1, std::nullopt, start);
  CHECK(send_all(scheduler, start + 59min).empty());
  scheduler.forget_rest(endpoint(1));
  scheduler.ready(endpoint(1));
  CHECK(send_all(scheduler, start + 59min).size() == 1);
}

TEST_CASE("an endpoint that waits for its turn keeps it when its row has other failures") {
  for (const int failures : {1, 0}) {
    EndpointScheduler scheduler(1, 1);
    scheduler.learn_failures(endpoint(1), 1 - failures);
    scheduler.ready(endpoint(1));
    scheduler.learn_failures(endpoint(1), failures);
    CHECK(count(send_all(scheduler, start), endpoint(1)) == 1);
  }
}

TEST_CASE("requests from before the clock was set back give their slots to others in time") {
  EndpointScheduler scheduler(1, 1);
  scheduler.ready(endpoint(1));
  REQUIRE(send_all(scheduler, start).size() == 1);
  const core::Timestamp set_back = start - 24h;
  scheduler.clock_went_back(set_back);
  scheduler.ready(endpoint(2));
  CHECK(send_all(scheduler, set_back).empty());
  CHECK(count(send_all(scheduler, set_back + EndpointScheduler::slow_after), endpoint(2)) == 1);
}

/// A sender over a scheduler, and its endpoints: how many deliveries of each are due, and how often
/// it has failed in a row. What happens, and in which order, is a seed's.
class RandomSender {
 public:
  RandomSender(std::uint64_t seed, int failures_max) : random_(seed), failures_max_(failures_max) {}

  /// Something happens: something is to be sent, a request ends, time passes, or who sends asks.
  void happen() {
    switch (random_.below(6)) {
      case 0:
        return add_work(1 + random_.below(endpoints));
      case 1:
        return void(now_ += std::chrono::milliseconds(random_.below(3'000)));
      case 2:
        return ask();
      default:
        if (!pending_requests_.empty())
          end(random_.below(pending_requests_.size()), random_.below(3) > 0);
    }
  }

  void ask() {
    while (const auto id = scheduler_.next(now_)) {
      Endpoint& asked = known_[*id];
      scheduler_.learn_failures(*id, asked.failures);
      for (std::size_t room = scheduler_.room(*id); room > 0 && asked.due > 0; --room, --asked.due)
        pending_requests_.push_back({*id, scheduler_.begin(*id, Seq{++position_}, now_)});
      if (asked.due > 0) scheduler_.ready(*id);
      scheduler_.release(*id);
    }
  }

  /// An endpoint that has something due and may have a request more, of those that need not rest.
  bool has_left_out() {
    for (const auto& [id, endpoint] : known_) {
      scheduler_.learn_failures(id, endpoint.failures);
      if (endpoint.due > 0 && scheduler_.room(id) > 0) return true;
    }
    return false;
  }

  /// Every request from now on is a success, and nothing else wakes who sends but their ends and
  /// what the scheduler asks for. Deliveries that are left.
  std::size_t run_to_the_end() {
    for (;;) {
      ask();
      if (!pending_requests_.empty()) {
        end(random_.below(pending_requests_.size()), true);
      } else if (const auto due = scheduler_.next_due()) {
        now_ = std::max(now_, *due);
      } else {
        break;
      }
    }
    std::size_t left = 0;
    for (const auto& [id, endpoint] : known_)
      left += endpoint.due;
    return left;
  }

 private:
  static constexpr std::uint64_t endpoints = 6;
  struct Endpoint {
    std::size_t due = 0;
    int failures = 0;
  };

  void add_work(std::uint64_t number) {
    const EndpointId id = endpoint(static_cast<int>(number));
    known_[id].due += 1 + random_.below(3);
    scheduler_.ready(id);
  }

  void end(std::size_t index, bool success) {
    const Sent request = pending_requests_[index];
    pending_requests_.erase(pending_requests_.begin() + static_cast<std::ptrdiff_t>(index));
    Endpoint& endpoint = known_[request.id];
    endpoint.due += success ? 0 : 1;
    endpoint.failures = success ? 0 : std::min(endpoint.failures + 1, failures_max_);
    scheduler_.end(request.request_number, endpoint.failures, std::nullopt, now_);
  }

  core::SeededRandom random_;
  const int failures_max_;
  EndpointScheduler scheduler_{3, 2};
  std::map<EndpointId, Endpoint> known_;
  std::vector<Sent> pending_requests_;
  core::Timestamp now_ = start;
  std::int64_t position_ = 0;
};

TEST_CASE("what may be sent is sent, in whatever order requests end and who sends asks") {
  for (std::uint64_t seed = 1; seed <= 500; ++seed) {
    CAPTURE(seed);
    RandomSender sender(seed, EndpointScheduler::failures_open - 1);
    for (int n = 0; n < 200; ++n) {
      sender.happen();
      if (n % 5 > 0) continue;
      sender.ask();
      REQUIRE_FALSE(sender.has_left_out());
    }
    REQUIRE(sender.run_to_the_end() == 0);
  }
}

TEST_CASE("deliveries to pausing endpoints all go out on the ends and times of requests alone") {
  for (std::uint64_t seed = 1; seed <= 500; ++seed) {
    CAPTURE(seed);
    RandomSender sender(seed, 2 * EndpointScheduler::failures_open);
    for (int n = 0; n < 200; ++n)
      sender.happen();
    REQUIRE(sender.run_to_the_end() == 0);
  }
}

}  // namespace
}  // namespace orderflow::webhooks
