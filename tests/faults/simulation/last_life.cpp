#include "faults/simulation/simulation_run.hpp"

#include "events/log/event_log.hpp"

#include <algorithm>
#include <string>

namespace orderflow::simulation {
namespace {

using namespace std::chrono_literals;

constexpr int steps_at_rest_max = 50'000;
constexpr int deliveries_max = 10'000;  ///< of the gateway's events at the end

}  // namespace

void Simulation::recover() {
  if (node_.is_running()) end_badly();
  machine_.faults.heal();
  world_.heal();
  news_.heal();
  is_recovering_ = true;
  try_to_start();
}

void Simulation::end_in_order() {
  const bool gives_up_what_is_dead = random_.below(2) == 0;
  // The node comes to its rest beside who reads all the time, too.
  if (random_.below(2) == 0) long_readers_.begin(node_);
  operators_.resume_all(node_);
  run_until_quiet();
  webhook_owners_.enable_all(node_);
  run_until_quiet();
  clients_.fill_the_places(node_);
  run_until_quiet();
  settle_at_gateway();
  if (!gives_up_what_is_dead) {
    operators_.replay_all(node_);
    run_until_quiet();
    settle_at_gateway();
    look_for_dead_payments();
  }
  if (world_.setup.keep > core::Duration{0}) {
    pass_time(world_.setup.keep);
    node_.rescan();
    run_until_quiet();
    go_on_after_retention();
  }
  webhook_owners_.resend_failed(node_);
  run_until_quiet();
  look_at_live_feed();
  key_owners_.use_all(node_);
  stop();
}

/// What is on its way to the gateway meanwhile gets there in its time.
void Simulation::pass_time(core::Duration time) {
  while (const auto arrival = world_.card.next_arrival()) {
    const core::Duration until = std::max(*arrival - machine_.true_clock.now(), core::Duration{0});
    if (until > time) break;
    machine_.clock.advance(until);
    time -= until;
    world_.card.work();
  }
  machine_.clock.advance(std::max(time, core::Duration{0}));
}

/// What is in hand at the gateway comes to its end, and what of it was not told is found by a look
/// into the gateway's books.
void Simulation::settle_at_gateway() {
  pass_time(latest_ - machine_.clock.now());
  CardBooks& books = world_.card.books();
  do {
    // Whatever is young is in the search after an hour.
    for (const core::Duration pause : {core::Duration{1h}, world_.setup.reconcile_every}) {
      pass_time(pause);
      run_until_quiet();
    }
    news_.gather(books, world_.setup.receives_gateway_events);
    for (int sent = 0; news_.deliver(node_); ++sent) {
      if (sent == deliveries_max)
        return findings_.add("no rest", "the gateway's events are refused");
      run_until_quiet();
    }
  } while (books.settle(true));
}

/// Nothing fails any more: what people have replayed is done.
void Simulation::look_for_dead_payments() {
  node_.node().services().readers.read(events::event_owner, [&](storage::Session session) {
    auto rows = session.query(
        "SELECT subscription, seq, error FROM event_delivery WHERE state = 'dead'"
        " AND subscription IN ('billing.capture', 'billing.refund', 'billing.follow')");
    while (rows.next()) {
      findings_.add("dead for ever", rows.get<std::string>(0) + ":" +
                                         std::to_string(rows.get<std::int64_t>(1)) + " " +
                                         rows.get<std::string>(2));
    }
  });
}

void Simulation::go_on_after_retention() {
  look_at_live_feed();
  stop();
  try_to_start();
  if (!node_.is_running()) return;
  clients_.place_order(node_);
  run_until_quiet();
  settle_at_gateway();
}

bool Simulation::work() {
  bool worked = node_.step_writer();
  worked = node_.poll() || worked;
  clients_.node_has_polled();
  return fire_timers() || worked;
}

/// Those too that are due at once when others have rung.
bool Simulation::fire_timers() {
  constexpr int rounds_max = 100;
  int rounds = 0;
  while (rounds < rounds_max && node_.fire_timers())
    ++rounds;
  if (rounds < rounds_max) clients_.timers_have_rung();
  return rounds > 0;
}

void Simulation::run_until_quiet() {
  for (int steps = 0; steps < steps_at_rest_max; ++steps) {
    if (work()) continue;
    if (node_.is_at_rest()) {
      clients_.node_is_at_rest();
      operators_.node_is_at_rest();
      news_.node_is_at_rest();
      key_owners_.node_is_at_rest();
      webhook_owners_.node_is_at_rest();
      return;
    }
    const auto due = node_.next_due();
    if (!due) return;
    pass_time(*due - machine_.clock.now());
  }
  findings_.add("no rest", "the node still works after " + std::to_string(steps_at_rest_max) +
                               ": " + node_.what_is_left());
}

}  // namespace orderflow::simulation
