#include "access/key_ring.hpp"

#include "access/key_fixture.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <limits>
#include <thread>

namespace orderflow::access {
namespace {

using namespace std::chrono_literals;
using http::Access;
using Decision = http::Authorizer::Decision;

http::Request request_with(const std::string& key, const std::string& scheme = "Bearer ") {
  http::Request request;
  request.headers.emplace_back("host", "localhost");
  request.headers.emplace_back("authorization", scheme + key);
  return request;
}

struct RingFixture : KeyFixture {
  Decision decision(const std::string& key, Access needed = orders_read) {
    http::Request request = request_with(key);
    return ring.authorize(request, needed);
  }
  void load() { ring.replace(keys()); }

  KeyRing ring{clock, Exposure::loopback};
};

TEST_CASE_FIXTURE(RingFixture, "without any key the user of this machine may do everything") {
  http::Request request;
  CHECK(ring.authorize(request, admin) == Decision::authorized);
  CHECK(request.client_name() == "local");
  CHECK(ring.still_authorizes(request, admin));
  CHECK_FALSE(ring.is_required());
  make("shop");
  load();
  CHECK(ring.is_required());
}

TEST_CASE_FIXTURE(RingFixture,
                  "the first key ends open access, and its expiry does not bring it back") {
  http::Request anonymous;
  REQUIRE(ring.authorize(anonymous, admin) == Decision::authorized);
  const MadeKey made = make("shop", "orders:read", 1h);
  load();
  CHECK(ring.authorize(anonymous, orders_read) == Decision::unknown);
  CHECK_FALSE(ring.still_authorizes(anonymous, orders_read));
  CHECK(decision(made.text) == Decision::authorized);
  clock.advance(2h);
  CHECK(decision(made.text) == Decision::unknown);
  CHECK(ring.authorize(anonymous, orders_read) == Decision::unknown);
}

TEST_CASE_FIXTURE(RingFixture, "clients on other machines need a key even where none exists") {
  KeyRing closed(clock, Exposure::network);
  http::Request request;
  CHECK(closed.authorize(request, Access::any_key) == Decision::unknown);
  CHECK(closed.authorize(request, Access::open) == Decision::authorized);
}

TEST_CASE_FIXTURE(RingFixture, "a key opens what its scopes allow, and names whose request it is") {
  const MadeKey made = make("shop", "orders:read events:read");
  load();
  http::Request request = request_with(made.text, "bEaReR  ");
  CHECK(ring.authorize(request, events_read) == Decision::authorized);
  CHECK(request.client_name() == "shop");
  CHECK(request.holder() == made.key.holder);
  CHECK(decision(made.text, Access::any_key) == Decision::authorized);
  CHECK(decision(made.text, orders_write) == Decision::too_narrow);
  CHECK(decision(made.text, admin) == Decision::too_narrow);
}

TEST_CASE_FIXTURE(RingFixture, "every invalid key is refused in the same way") {
  const MadeKey made = make("shop");
  const MadeKey revoked = make("gone");
  REQUIRE(revoke_key(session(), revoked.key.id, clock.now()).has_value());
  load();
  std::string other = made.text;
  other.back() = other.back() == '0' ? '1' : '0';
  for (const std::string& key : {std::string(), std::string("x"), other, revoked.text,
                                 made.text + "0", "\t" + made.text, made.text.substr(1)}) {
    CHECK(decision(key) == Decision::unknown);
  }
  http::Request basic = request_with(made.text, "Basic ");
  CHECK(ring.authorize(basic, orders_read) == Decision::unknown);
  http::Request twice = request_with(made.text);
  twice.headers.emplace_back("authorization", "Bearer " + made.text);
  CHECK(ring.authorize(twice, orders_read) == Decision::unknown);
  CHECK_FALSE(twice.client);
}

TEST_CASE_FIXTURE(RingFixture, "what a key has opened ends with it") {
  const MadeKey made = make("shop");
  load();
  http::Request request = request_with(made.text);
  REQUIRE(ring.authorize(request, orders_read) == Decision::authorized);
  CHECK(ring.still_authorizes(request, orders_read));
  REQUIRE(revoke_key(session(), made.key.id, clock.now()).has_value());
  load();
  CHECK_FALSE(ring.still_authorizes(request, orders_read));
  CHECK(request.client_name() == "shop");
}

TEST_CASE_FIXTURE(RingFixture, "what a key has opened ends at the end of its life too") {
  const MadeKey made = make("shop", "orders:read", 1h);
  load();
  http::Request request = request_with(made.text);
  REQUIRE(ring.authorize(request, orders_read) == Decision::authorized);
  clock.advance(1h - 1us);
  CHECK(ring.still_authorizes(request, orders_read));
  clock.advance(1us);
  CHECK_FALSE(ring.still_authorizes(request, orders_read));
}

TEST_CASE_FIXTURE(RingFixture, "a revoked key stays revoked, whatever the clock shows") {
  const MadeKey made = make("shop");
  load();
  http::Request request = request_with(made.text);
  REQUIRE(ring.authorize(request, orders_read) == Decision::authorized);
  REQUIRE(revoke_key(session(), made.key.id, clock.now()).has_value());
  load();
  clock.jump(-1h);
  CHECK(decision(made.text) == Decision::unknown);
  CHECK_FALSE(ring.still_authorizes(request, orders_read));
  // A start reads the same from the database.
  KeyRing next_life(clock, Exposure::loopback);
  next_life.replace(keys());
  CHECK(next_life.authorize(request, orders_read) == Decision::unknown);
  CHECK(keys()[0].state(clock.now()) == "revoked");
}

TEST_CASE_FIXTURE(RingFixture, "uses are reported once a minute at most") {
  const MadeKey made = make("shop");
  load();
  CHECK(ring.uses().empty());
  REQUIRE(decision(made.text) == Decision::authorized);
  const auto first = ring.uses();
  REQUIRE(first.size() == 1);
  CHECK(first[0].id == made.key.id);
  CHECK(first[0].at == clock.now());
  ring.note_kept(first);
  clock.advance(59s);
  REQUIRE(decision(made.text) == Decision::authorized);
  CHECK(ring.uses().empty());
  clock.advance(1s);
  REQUIRE(decision(made.text) == Decision::authorized);
  CHECK(ring.uses().size() == 1);
  load();
  CHECK(ring.uses().size() == 1);
}

TEST_CASE_FIXTURE(RingFixture,
                  "keys that are refused are counted, and those that have ended are named") {
  const MadeKey made = make("shop");
  const MadeKey revoked = make("gone");
  const MadeKey expired = make("late", "orders:read", 1h);
  REQUIRE(revoke_key(session(), revoked.key.id, clock.now()).has_value());
  clock.advance(2h);
  load();
  for (int i = 0; i < 3; ++i)
    CHECK(decision(revoked.text) == Decision::unknown);
  CHECK(decision(expired.text) == Decision::unknown);
  CHECK(decision(made.text.substr(0, made.text.size() - 1)) == Decision::unknown);
  CHECK(decision(made.text, admin) == Decision::too_narrow);
  http::Request anonymous;
  CHECK(ring.authorize(anonymous, orders_read) == Decision::unknown);

  load();  // what was counted is not lost with a change of the keys
  auto refused = ring.take_refused();
  std::ranges::sort(refused, {}, &KeyRefused::name);
  REQUIRE(refused.size() == 2);
  CHECK(refused[0].id == revoked.key.id);
  CHECK(refused[0].revoked);
  CHECK(refused[0].times == 3);
  CHECK(refused[1].name == "late");
  CHECK_FALSE(refused[1].revoked);
  CHECK(ring.take_refused().empty());
  const RefusalCounts counts = ring.refusals();
  CHECK(counts.missing == 1);
  CHECK(counts.unknown == 1);
  CHECK(counts.ended == 4);
  CHECK(counts.too_narrow == 1);
}

TEST_CASE_FIXTURE(RingFixture, "keys are replaced while requests come") {
  const MadeKey made = make("shop");
  load();
  std::atomic<bool> ending = false;
  std::atomic<int> refused = 0;
  std::array<std::thread, 2> askers;
  for (std::thread& asker : askers) {
    asker = std::thread([&] {
      while (!ending) {
        http::Request request = request_with(made.text);
        if (ring.authorize(request, orders_read) != Decision::authorized) ++refused;
        if (!ring.still_authorizes(request, orders_read)) ++refused;
      }
    });
  }
  for (int i = 0; i < 200; ++i)
    load();
  ending = true;
  for (std::thread& asker : askers)
    asker.join();
  CHECK(refused == 0);
}

TEST_CASE_FIXTURE(RingFixture, "refusing a key takes the same time, whatever is wrong with it") {
  const MadeKey made = make("shop");
  const MadeKey revoked = make("gone");
  REQUIRE(revoke_key(session(), revoked.key.id, clock.now()).has_value());
  load();
  std::string other = made.text;
  other.back() = other.back() == '0' ? '1' : '0';
  std::string nobody = made.text;
  nobody[4] = nobody[4] == '0' ? '1' : '0';
  std::array requests{request_with(""), request_with(other), request_with(nobody),
                      request_with(revoked.text)};
  std::array<double, requests.size()> best;
  best.fill(std::numeric_limits<double>::max());
  int admitted = 0;
  for (int round = 0; round < 50; ++round) {
    for (std::size_t i = 0; i < requests.size(); ++i) {
      const auto began = std::chrono::steady_clock::now();
      for (int again = 0; again < 200; ++again)
        admitted += ring.authorize(requests[i], orders_read) == Decision::unknown ? 0 : 1;
      const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
      best[i] = std::min(best[i], took.count());
    }
  }
  CHECK(admitted == 0);
  const auto [least, most] = std::ranges::minmax(best);
  CHECK(most < least * 2);
}

}  // namespace
}  // namespace orderflow::access
