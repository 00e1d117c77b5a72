// What an endpoint takes of the log, and what becomes of it where a read fails on the way.
#include "following/intake.hpp"

#include "billing/contract/events.hpp"
#include "host/host.hpp"
#include "host/module.hpp"
#include "orders/contract/events.hpp"
#include "sample_events.hpp"
#include "support/module_harness.hpp"

#include <doctest/doctest.h>

#include <memory>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

namespace orderflow::webhooks {
namespace {

using events::Seq;
using Numbers = std::vector<std::int64_t>;

/// Shows a test the host that a module is given, and is none itself.
class Probe final : public host::Module {
 public:
  explicit Probe(host::Host*& seen) : seen_(seen) {}

  std::string_view name() const noexcept override { return "webhooks"; }
  void configure(const config::Section& /*settings*/) override {}
  void describe(events::Catalog& catalog) const override {
    orders::describe_events(catalog);
    billing::describe_events(catalog);
  }
  void install(host::Host& host) override { seen_ = &host; }

 private:
  host::Host*& seen_;
};

/// Rows that cannot be read any more after some times.
struct FailingRows final : DeliveryRows {
  mutable int reads_left = 1000;
  std::set<std::string, std::less<>> waited_for{};  ///< keys

  void read() const {
    if (reads_left-- == 0) throw std::runtime_error("the disk is away");
  }
  bool is_waited_for(const Endpoint& /*endpoint*/, std::string_view key) const override {
    read();
    return waited_for.contains(key);
  }
  bool has(EndpointId /*endpoint*/, Seq /*seq*/) const override {
    read();
    return false;
  }
};

/// A log, and one endpoint that wants all of it.
struct Taking {
  host::Host* host = nullptr;
  test::ModuleHarness harness{std::make_unique<Probe>(host)};
  const std::set<std::string, std::less<>> kinds{"order.created", "order.processed"};
  std::unique_ptr<LogPages> pages = std::make_unique<LogPages>(*host, kinds);
  FailingRows rows{};
  Member member{};

  Taking() {
    member.passed.assign(kinds.size(), 0);
    // Some of what it takes may have rows, so that they are looked for.
    member.rows_to = Seq{1000};
  }

  void place(int number) {
    harness.publish("orders", order_id(number), sample_order(number));
    harness.run_until_idle();
  }
  void settle(int number) {
    harness.publish("billing", order_id(number),
                    sample_outcome(billing::OrderResult::processed, number));
    harness.run_until_idle();
  }

  /// Positions of what may be sent now.
  Numbers take(std::size_t room = 100) {
    Intake intake(*pages, rows);
    const auto turn = intake.take(member, host->live().newest(), room, false);
    Numbers numbers;
    for (const Wanted& one : turn.to_send)
      numbers.push_back(one.seq.value());
    return numbers;
  }
  /// The same where the database can be read so many times. Nothing where that was not enough.
  std::optional<Numbers> take_with(int reads) {
    rows.reads_left = reads;
    try {
      auto numbers = take();
      rows.reads_left = 1000;
      return numbers;
    } catch (const std::runtime_error&) {
      rows.reads_left = 1000;
      return std::nullopt;
    }
  }
  Numbers aside() const {
    Numbers numbers;
    for (const Wanted& one : member.aside)
      numbers.push_back(one.seq.value());
    return numbers;
  }
};

TEST_CASE("what was taken before a read failed is offered again, all of it, once and in order") {
  int failures = 0;
  for (int reads = 0;; ++reads) {
    CAPTURE(reads);
    Taking taking;
    for (const int number : {1, 2, 3})
      taking.place(number);
    const auto at_once = taking.take_with(reads);
    if (at_once) {
      CHECK(*at_once == Numbers{1, 2, 3});
      break;
    }
    ++failures;
    CHECK(taking.member.under_way.empty());
    CHECK(taking.take() == Numbers{1, 2, 3});
    CHECK(taking.member.under_way.size() == 3);
    CHECK(taking.take().empty());
  }
  CHECK(failures == 6);  // for each event its row, and whether its key is waited for
}

TEST_CASE("after a failed read no event overtakes an earlier one of its key") {
  int failures = 0;
  for (int reads = 0;; ++reads) {
    CAPTURE(reads);
    Taking taking;
    taking.place(1);
    taking.place(2);
    taking.settle(1);
    const auto at_once = taking.take_with(reads);
    if (!at_once) {
      ++failures;
      CHECK(taking.take() == Numbers{1, 2});
    }
    CHECK(taking.aside() == Numbers{3});
    CHECK(taking.take().empty());
    taking.member.under_way.erase(Seq{1});
    CHECK(taking.take() == Numbers{3});
    if (at_once) break;
  }
  CHECK(failures > 3);
}

TEST_CASE("what was set aside is offered again, before later events of its key") {
  int failures = 0;
  for (int reads = 0;; ++reads) {
    CAPTURE(reads);
    Taking taking;
    taking.place(1);
    REQUIRE(taking.take() == Numbers{1});
    taking.settle(1);
    taking.settle(1);
    REQUIRE(taking.take().empty());
    REQUIRE(taking.aside() == Numbers{2, 3});
    taking.place(2);
    taking.member.under_way.erase(Seq{1});
    const auto at_once = taking.take_with(reads);
    if (at_once) {
      CHECK(*at_once == Numbers{2, 4});
      break;
    }
    ++failures;
    CHECK(taking.take() == Numbers{2, 4});
    CHECK(taking.aside() == Numbers{3});
  }
  CHECK(failures > 1);
}

TEST_CASE("what waits behind a row of its key is parked, and offered again after a failed read") {
  Taking taking;
  taking.rows.waited_for = {order_id(1)};
  taking.place(1);
  taking.place(2);
  CHECK_FALSE(taking.take_with(2));  // of the first event, and the row of the second
  Intake intake(*taking.pages, taking.rows);
  const auto turn = intake.take(taking.member, taking.host->live().newest(), 100, false);
  REQUIRE(turn.to_park.size() == 1);
  CHECK(turn.to_park[0].seq == Seq{1});
  REQUIRE(turn.to_send.size() == 1);
  CHECK(turn.to_send[0].seq == Seq{2});
}

}  // namespace
}  // namespace orderflow::webhooks
