#include "faults/simulation/simulation_run.hpp"

#include "billing/contract/events.hpp"
#include "events/log/event_log.hpp"
#include "orders/contract/events.hpp"

#include <algorithm>
#include <array>
#include <exception>
#include <iterator>
#include <stdexcept>
#include <utility>

namespace orderflow::simulation {
namespace {

using namespace std::chrono_literals;

/// Whether another node may say an event of ours once more, under its own name.
bool may_come_late(std::string_view kind) {
  constexpr std::array<std::string_view, 5> kinds{
      orders::OrderCreated::kind, orders::OrderCancelRequested::kind,
      billing::PaymentRequested::kind, billing::OrderProcessed::kind,
      billing::PaymentRefundRequested::kind};
  return std::ranges::find(kinds, kind) != kinds.end();
}

/// What needs a module that may be missing: its routes, or all that wait to be driven on.
bool needs_all_modules(Action action) {
  constexpr std::array actions{Action::refund,       Action::repeat_refund, Action::refund_again,
                               Action::operate,      Action::read,          Action::manage_webhooks,
                               Action::gateway_tells};
  return std::ranges::find(actions, action) != actions.end();
}

}  // namespace

void Simulation::must_end(const char* why) {
  if (std::exchange(has_failed_, true)) return;
  trace_.add("failed", why);
  if (machine_.faults.all_hits() == hits_at_start_) findings_.add("failed by itself", why);
}

void Simulation::act() {
  if (!node_.is_running()) {
    try_to_start();
    return;
  }
  act(mixture_.choose(random_));
  if (!node_.is_running()) return;
  if (!machine_.alive) {
    end_badly();
    return;
  }
  look_at_live_feed();
  clients_.look_at_clock();
  latest_ = std::max(latest_, machine_.clock.now());
  world_.card.work();
  news_.gather(world_.card.books(), world_.setup.receives_gateway_events);
  copies_.look(node_, has_late_results_);
  if (node_.node().writer().failed()) must_end("storage has failed");
  // A supervisor takes a while to notice; meanwhile the node refuses.
  if (has_failed_ && random_.below(3) == 0) {
    ++tally_.storage_failures;
    if (random_.below(2) == 0) {
      stop();
    } else {
      end_badly();
    }
  }
}

void Simulation::act(Action action) {
  if (!node_.is_whole() && needs_all_modules(action)) return;
  try {
    if (let_clients_act(action) || let_others_act(action) || let_time_pass(action)) return;
    drive_node(action);
  } catch (const std::exception& e) {
    must_end(e.what());
  }
}

bool Simulation::let_clients_act(Action action) {
  switch (action) {
    case Action::place:
      clients_.place_order(node_);
      return true;
    case Action::place_and_wait:
      clients_.place_and_wait(node_);
      return true;
    case Action::leave:
      clients_.let_one_leave(node_);
      return true;
    case Action::place_nonsense:
      clients_.place_nonsense(node_);
      return true;
    case Action::repeat:
      clients_.repeat_order(node_);
      return true;
    case Action::misuse_key:
      clients_.misuse_key(node_);
      return true;
    case Action::cancel:
      clients_.cancel_order(node_);
      return true;
    case Action::refund:
      clients_.refund_order(node_);
      return true;
    case Action::repeat_refund:
      clients_.repeat_refund(node_);
      return true;
    case Action::refund_again:
      clients_.refund_again(node_);
      return true;
    case Action::read:
      clients_.read(node_);
      node_.poll();
      return true;
    default:
      return false;
  }
}

bool Simulation::let_others_act(Action action) {
  switch (action) {
    case Action::operate:
      operators_.act(node_);
      return true;
    case Action::manage_webhooks:
      webhook_owners_.act(node_);
      return true;
    case Action::manage_keys:
      key_owners_.act(node_);
      return true;
    case Action::use_keys:
      key_owners_.use_all(node_);
      return true;
    case Action::copy:
      copies_.begin(node_, 1 << random_.below(8), clients_.acknowledged());
      return true;
    case Action::begin_long_read:
      long_readers_.begin(node_);
      return true;
    case Action::look_again:
      long_readers_.look_again(node_);
      return true;
    case Action::duplicate:
      inject(true);
      return true;
    case Action::late_event:
      inject(false);
      return true;
    case Action::gateway_tells:
      news_.deliver(node_);
      return true;
    case Action::gateway_settles:
      if (world_.card.books().settle(false)) trace_.add("gateway settles");
      return true;
    case Action::refund_by_hand:
      if (const auto* refund = world_.card.books().refund_by_hand()) {
        trace_.add("refund by hand", refund->order_id + " " + std::to_string(refund->amount));
      }
      return true;
    default:
      return false;
  }
}

bool Simulation::let_time_pass(Action action) {
  switch (action) {
    case Action::advance:
      if (const auto due = node_.next_due(); due && random_.below(2) == 0) {
        pass_time(*due - machine_.clock.now());
      } else {
        machine_.clock.advance(core::Duration(random_.below(3'000'000)));
      }
      return true;
    case Action::jump: {
      constexpr std::array<core::Duration, 4> jumps{1h, -1h, 24h, -24h};
      machine_.clock.jump(jumps[random_.below(jumps.size())]);
      ++tally_.clock_jumps;
      trace_.add("clock jumps");
      return true;
    }
    case Action::let_days_pass:
      pass_time(25h + core::Duration(random_.below(86'400'000'000)));
      ++tally_.days;
      trace_.add("days pass");
      return true;
    default:
      return false;
  }
}

void Simulation::drive_node(Action action) {
  switch (action) {
    case Action::step_writer:
      if (node_.step_writer()) trace_.add("step");
      return;
    case Action::poll:
      if (node_.poll()) trace_.add("poll");
      clients_.node_has_polled();
      return;
    case Action::fire_timers:
      if (fire_timers()) trace_.add("timers");
      return;
    case Action::arm_fault:
      arm_fault();
      return;
    case Action::arm_cut:
      trace_.add("arm cut");
      machine_.faults.arm(Fault::cut, 1 + random_.below(60), 1);
      return;
    case Action::checkpoint:
      trace_.add("checkpoint");
      long_readers_.note_checkpoint();
      node_.checkpoint();
      return;
    case Action::rescan:
      trace_.add("rescan");
      node_.rescan();
      return;
    case Action::lose_power:
      end(true);
      return;
    case Action::kill:
      end(false);
      return;
    case Action::stop:
      stop();
      return;
    default:
      throw std::logic_error("an action that nobody takes");
  }
}

void Simulation::arm_fault() {
  constexpr std::array kinds{Fault::open,     Fault::read,   Fault::write,     Fault::sync,
                             Fault::truncate, Fault::remove, Fault::disk_full, Fault::allocation};
  const Fault fault = kinds[random_.below(kinds.size())];
  const std::uint64_t far = fault == Fault::allocation ? 10 : 6;
  const std::uint64_t nth = 1 + random_.below(std::uint64_t{1} << random_.below(far));
  const std::array<std::uint64_t, 5> often{1, 1, 1, 2 + random_.below(20), Faults::for_good};
  const std::uint64_t times = often[random_.below(often.size())];
  machine_.faults.arm(fault, nth, times);
  trace_.add("arm",
             std::string(to_string(fault)) + " at " + std::to_string(nth) +
                 (times == Faults::for_good ? " for good" : " times " + std::to_string(times)));
}

void Simulation::inject(bool as_duplicate) {
  if (seen_.empty() || node_.node().writer().failed()) return;
  auto chosen = seen_.begin();
  std::advance(chosen, static_cast<std::ptrdiff_t>(random_.below(seen_.size())));
  const events::Seq seq{chosen->first};
  const auto& services = node_.node().services();
  const events::EventPtr event = services.readers.read(
      events::event_owner,
      [&](storage::Session session) { return services.log.find(session, seq); });
  if (!event) {
    if (world_.setup.keep == core::Duration{0}) {
      findings_.add("live event lost", std::to_string(seq.value()));
    }
    return;
  }
  if (!as_duplicate && !may_come_late(event->kind())) return;
  // The doctor could not tell it from the first word of an order whose own one was removed.
  const bool may_lose_first_word = world_.setup.keep > core::Duration{0};
  if (!as_duplicate && may_lose_first_word && event->kind() == orders::OrderCreated::kind) return;
  events::EventMeta meta = event->meta();
  if (!as_duplicate) {
    const std::array<std::uint8_t, 10> tail{static_cast<std::uint8_t>(random_.next()),
                                            static_cast<std::uint8_t>(random_.next())};
    meta.id = events::EventId{core::make_uuid_v7(
        static_cast<std::uint64_t>(core::to_micros(machine_.clock.now()) / 1000), tail)};
    meta.origin = "another/module";
  }
  trace_.add(as_duplicate ? "duplicate" : "late event", meta.kind + " " + meta.key);
  if (!as_duplicate && meta.kind == billing::OrderProcessed::kind) has_late_results_ = true;
  ++(as_duplicate ? tally_.injected_duplicates : tally_.injected_late);
  node_.submit([this, event, meta, as_duplicate](storage::Connection& connection) {
    const auto log = connection.session(events::event_owner);
    // What retention has removed meanwhile is not known any more.
    if (!node_.node().services().log.find(log, event->meta().seq)) return;
    auto& outbox = node_.node().dispatcher().turn_services().outbox;
    events::EventBody body = node_.node().catalog().read(meta.kind, meta.version, event->payload());
    const bool added =
        outbox.append(connection, events::Event(meta, event->payload(), std::move(body)));
    if (added && as_duplicate) findings_.add("event twice", meta.id.value().to_string());
  });
}

void Simulation::look_at_live_feed() {
  if (!node_.is_running() || !machine_.alive) return;
  const auto news = node_.node().services().live.after(read_to_, events::LiveFeed::kept_max);
  if (!news) return;
  for (const events::EventPtr& event : *news) {
    const auto& meta = event->meta();
    const std::string id = meta.id.value().to_string();
    const auto [found, is_new] = seen_.emplace(meta.seq.value(), id);
    if (!is_new && found->second != id) findings_.add("live event lost", found->second);
    read_to_ = meta.seq;
  }
}

}  // namespace orderflow::simulation
