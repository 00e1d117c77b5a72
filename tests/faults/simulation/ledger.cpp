#include "faults/simulation/ledger.hpp"

#include "billing/contract/events.hpp"
#include "events/delivery/timers.hpp"
#include "host/host.hpp"
#include "notifications/contract/events.hpp"
#include "orders/contract/events.hpp"

#include <stdexcept>

namespace orderflow::simulation {

using namespace std::chrono_literals;

namespace {

const std::vector<std::string> echoed_kinds{
    std::string(orders::OrderCreated::kind), std::string(billing::PaymentRequested::kind),
    std::string(billing::OrderProcessed::kind), std::string(billing::PaymentRefunded::kind)};

}  // namespace

const std::vector<std::string>& Ledger::kinds() {
  static const std::vector<std::string> all{std::string(orders::OrderCreated::kind),
                                            std::string(orders::OrderCancelRequested::kind),
                                            std::string(billing::PaymentRequested::kind),
                                            std::string(billing::OrderProcessed::kind),
                                            std::string(billing::PaymentRefundRequested::kind),
                                            std::string(billing::PaymentRefunded::kind),
                                            std::string(billing::PaymentRefundAbandoned::kind),
                                            std::string(billing::PaymentStatementRequested::kind),
                                            std::string(notifications::NotificationSent::kind),
                                            std::string(notifications::NotificationFailed::kind)};
  return all;
}

storage::Migration Ledger::migration() {
  return {.owner = "ledger",
          .number = 1,
          .name = "entry",
          .sql =
              "CREATE TABLE ledger_entry(number INTEGER PRIMARY KEY, subscription TEXT NOT NULL,"
              " seq INTEGER NOT NULL, key TEXT NOT NULL) STRICT;"
              "CREATE TABLE ledger_archive(seq INTEGER PRIMARY KEY, id TEXT NOT NULL,"
              " kind TEXT NOT NULL, key TEXT NOT NULL, occurred_at INTEGER NOT NULL,"
              " payload TEXT NOT NULL) STRICT"};
}

void Ledger::describe(events::Catalog& catalog) const {
  orders::describe_events(catalog);
  billing::describe_events(catalog);
  notifications::describe_events(catalog);
}

void Ledger::install(host::Host& host) {
  events::TransactionalSubscription books;
  books.name = transactional;
  books.kinds = kinds();
  books.handle = [this](const events::Event& event, events::Turn& turn) {
    archive(event, turn);
    book(transactional, event, turn);
  };
  books.discarded = [](const events::Event& event, const std::string&, events::Turn& turn) {
    archive(event, turn);
  };
  books.retry.attempts_max = attempts_max_;
  host.subscribe(std::move(books));

  events::EffectSubscription echoes;
  echoes.name = effect;
  echoes.kinds = echoed_kinds;
  echoes.retry.attempts_max = attempts_max_;
  echoes.deadline = 5s;
  echoes.concurrency = 4;
  echoes.perform = [this](const events::Event& event, const events::EffectContext& context) {
    return echo(event, context);
  };
  host.subscribe(std::move(echoes));
}

void Ledger::fail_by_chance() {
  if (!in_trouble()) return;
  if (random_.below(40) == 0) throw events::PermanentFailure("the page is torn");
  throw std::runtime_error("the pen is dry");
}

void Ledger::archive(const events::Event& event, events::Turn& turn) {
  const events::EventMeta& meta = event.meta();
  turn.db().execute(
      "INSERT INTO ledger_archive(seq, id, kind, key, occurred_at, payload)"
      " VALUES(?1, ?2, ?3, ?4, ?5, ?6)",
      meta.seq.value(), meta.id.value().to_string(), meta.kind, meta.key, meta.occurred_at,
      event.payload());
}

void Ledger::book(std::string_view subscription, const events::Event& event, events::Turn& turn) {
  turn.db().execute("INSERT INTO ledger_entry(subscription, seq, key) VALUES(?1, ?2, ?3)",
                    subscription, event.meta().seq.value(), event.meta().key);
  fail_by_chance();
}

boost::asio::awaitable<events::AttemptResult> Ledger::echo(const events::Event& event,
                                                           const events::EffectContext& context) {
  // Up to twice the deadline: some attempts end when they no longer count.
  const core::Timestamp end = clock_.now() + core::Duration(random_.below(10'000'000));
  if (in_trouble()) co_await events::sleep_until(*context.timers, end);
  fail_by_chance();
  events::AttemptResult::Completion completion = [this, &event](events::Turn& turn) {
    book(effect, event, turn);
  };
  co_return events::AttemptResult::success(std::move(completion));
}

}  // namespace orderflow::simulation
