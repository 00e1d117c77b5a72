#include "faults/simulation/ledger.hpp"

#include "billing/contract/events.hpp"
#include "events/timers.hpp"
#include "host/host.hpp"
#include "orders/contract/events.hpp"

#include <stdexcept>

namespace orderflow::simulation {

using namespace std::chrono_literals;

const std::vector<std::string>& Ledger::kinds() {
  static const std::vector<std::string> all{std::string(orders::OrderCreated::kind),
                                            std::string(billing::PaymentRequested::kind),
                                            std::string(billing::OrderProcessed::kind)};
  return all;
}

storage::Migration Ledger::migration() {
  return {.owner = "ledger",
          .number = 1,
          .name = "entry",
          .sql =
              "CREATE TABLE ledger_entry(number INTEGER PRIMARY KEY, subscription TEXT NOT NULL,"
              " seq INTEGER NOT NULL, key TEXT NOT NULL) STRICT"};
}

void Ledger::describe(events::Catalog& catalog) const {
  orders::describe_events(catalog);
  billing::describe_events(catalog);
}

void Ledger::install(host::Host& host) {
  events::TransactionalSubscription books;
  books.name = transactional;
  books.kinds = kinds();
  books.handle = [this](const events::Event& event, events::Turn& turn) {
    book(transactional, event, turn);
  };
  host.subscribe(std::move(books));

  events::EffectSubscription echoes;
  echoes.name = effect;
  echoes.kinds = kinds();
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

void Ledger::book(std::string_view subscription, const events::Event& event, events::Turn& turn) {
  turn.db().execute("INSERT INTO ledger_entry(subscription, seq, key) VALUES(?1, ?2, ?3)",
                    subscription, event.meta().seq.value(), event.meta().key);
  fail_by_chance();
}

boost::asio::awaitable<events::Outcome> Ledger::echo(const events::Event& event,
                                                     const events::EffectContext& context) {
  // Up to twice the deadline: some attempts end when they no longer count.
  const core::Timestamp end = clock_.now() + core::Duration(random_.below(10'000'000));
  if (in_trouble()) co_await events::sleep_until(*context.timers, end);
  fail_by_chance();
  events::Outcome::Completion completion = [this, &event](events::Turn& turn) {
    book(effect, event, turn);
  };
  co_return events::Outcome::success(std::move(completion));
}

}  // namespace orderflow::simulation
