#include "faults/simulation/simulation.hpp"

#include "billing/contract/events.hpp"
#include "events/log/event_log.hpp"
#include "faults/simulation/disk/allocation_faults.hpp"
#include "faults/simulation/disk/simulated_vfs.hpp"
#include "faults/simulation/mixture.hpp"
#include "faults/simulation/peers/card_news.hpp"
#include "faults/simulation/people/clients.hpp"
#include "faults/simulation/people/copies.hpp"
#include "faults/simulation/people/key_owners.hpp"
#include "faults/simulation/people/long_readers.hpp"
#include "faults/simulation/people/operators.hpp"
#include "faults/simulation/people/webhook_owners.hpp"
#include "faults/simulation/simulated_node.hpp"
#include "faults/simulation/trace.hpp"
#include "faults/simulation/verdict/independent_checks.hpp"
#include "faults/simulation/verdict/verdict.hpp"
#include "faults/simulation/verdict/webhook_verdict.hpp"
#include "orders/contract/events.hpp"

#include <algorithm>
#include <exception>
#include <optional>
#include <stdexcept>
#include <utility>

namespace orderflow::simulation {
namespace {

using namespace std::chrono_literals;

constexpr int steps_at_rest_max = 50'000;
constexpr int deliveries_max = 10'000;  ///< of the gateway's events at the end

/// Whether another node may say an event of ours once more, under its own name.
bool may_come_late(std::string_view kind) {
  constexpr std::array<std::string_view, 5> kinds{
      orders::OrderCreated::kind, orders::OrderCancelRequested::kind,
      billing::PaymentRequested::kind, billing::OrderProcessed::kind,
      billing::PaymentRefundRequested::kind};
  return std::ranges::find(kinds, kind) != kinds.end();
}

/// A disk on which the node has started once: most runs begin with it.
const MemoryDisk& used_disk(const std::filesystem::path& folder) {
  static const MemoryDisk disk = [&] {
    Machine machine(1);
    const AllocationFaults allocations(machine.faults);
    const SimulatedVfs vfs(machine);
    World world(machine, 1, 0, {});
    SimulatedNode node(machine, world, folder);
    node.start(1, 1'000);
    node.step_writer();
    node.end();
    return machine.disk;
  }();
  return disk;
}

NodeSetup setup_by(core::Random& random) {
  constexpr std::array attempts{12, 4, 2, 1};
  constexpr std::array<core::Duration, 6> keeps{0s, 0s, 0s, 24h, 1h, 10s};
  NodeSetup setup;
  setup.attempts_max = attempts[random.below(attempts.size())];
  setup.keep = keeps[random.below(keeps.size())];
  constexpr std::array<core::Duration, 3> reconciles{1min, 10min, 1h};
  setup.reconcile_every = reconciles[random.below(reconciles.size())];
  setup.receives_gateway_events = random.below(8) > 0;
  return setup;
}

class Simulation {
 public:
  Simulation(std::uint64_t seed, const std::filesystem::path& folder);

  Result run();

 private:
  void act();
  void act(Action action);
  std::string_view choose_missing();
  void try_to_start();
  void end_badly();
  void end(bool loses_power);
  void stop();
  void arm_fault();
  void inject(bool as_duplicate);
  void look_at_live_feed();
  void recover();
  void end_in_order();
  void go_on_after_retention();
  void pass_time(core::Duration time);
  void settle_at_gateway();
  void look_for_dead_payments();
  void run_until_quiet();
  void count_what_was_done();
  bool work();
  bool fire_timers();
  void must_end(const char* why);

  core::SeededRandom random_;
  Machine machine_;
  const AllocationFaults allocations_;
  const SimulatedVfs vfs_;
  World world_;
  Trace trace_;
  test::Findings findings_;
  Tally tally_;
  Clients clients_;
  Operators operators_;
  CardNews news_;
  KeyOwners key_owners_;
  WebhookOwners webhook_owners_;
  Copies copies_;
  SimulatedNode node_;
  LongReaders long_readers_;  // they end before the node
  const Mixture mixture_;
  SeenEvents seen_;
  events::Seq read_to_;
  core::Timestamp latest_{};       ///< that the clock has shown
  bool has_failed_ = false;        ///< this life of the node
  bool has_late_results_ = false;  ///< said by another node
  bool was_whole_ = false;         ///< once: every module's tables are there
  bool is_recovering_ = false;     ///< at the end, when nothing fails any more
  int failed_starts_in_a_row_ = 0;
  std::uint64_t hits_at_start_ = 0;  ///< of faults, when this life began
};

Simulation::Simulation(std::uint64_t seed, const std::filesystem::path& folder)
    : random_(seed),
      machine_(random_.next()),
      allocations_(machine_.faults),
      vfs_(machine_),
      world_(machine_, random_.next(), 10 * random_.below(6), setup_by(random_)),
      trace_(machine_.clock),
      clients_(machine_, random_.next(), trace_, findings_),
      operators_(machine_, random_.next(), trace_, findings_),
      news_(machine_, random_.next(), trace_, findings_),
      key_owners_(machine_, random_.next(), trace_, findings_),
      webhook_owners_(machine_, random_.next(), world_.receivers, trace_, findings_),
      copies_(machine_, folder / "data", trace_, findings_),
      node_(machine_, world_, folder),
      long_readers_(machine_, random_.next(), trace_, findings_),
      mixture_(random_) {
  world_.card.note_in(trace_);
  world_.receivers.note_in(trace_);
  // The first start, with its migrations, is a part of some runs.
  was_whole_ = random_.below(4) > 0;
  if (was_whole_) machine_.disk = used_disk(folder);
}

Result Simulation::run() {
  const std::uint64_t actions = 100 + random_.below(300);
  for (std::uint64_t i = 0; i < actions; ++i)
    act();
  recover();
  if (node_.is_running()) {
    end_in_order();
  }
  tally_.runs = 1;
  tally_.actions = actions;
  for (std::size_t i = 0; i < fault_kinds; ++i) {
    tally_.armed[i] = machine_.faults.armed(static_cast<Fault>(i));
    tally_.hits[i] = machine_.faults.hits(static_cast<Fault>(i));
  }
  count_what_was_done();
  try {
    judge(node_.database(), clients_, operators_, world_, seen_, findings_, tally_);
    judge_webhooks(node_.database(), webhook_owners_, world_.receivers, findings_, tally_);
  } catch (const std::exception& e) {
    findings_.add("corrupt", std::string("cannot be judged: ") + e.what());
  }
  ask_doctor(node_.database(), node_.modules(), has_late_results_, "the end", findings_);
  return {trace_.text(), tally_, findings_};
}

void Simulation::count_what_was_done() {
  const Clients::Counts& asked = clients_.counts();
  tally_.repeats = asked.repeats;
  tally_.replayed_answers = asked.replayed;
  tally_.misused_keys = asked.misused_keys;
  tally_.cancellations = asked.cancellations;
  tally_.partial_refunds = asked.partial_refunds;
  tally_.promised_refunds = asked.promised_refunds;
  const Operators::Counts& operated = operators_.counts();
  tally_.pauses = operated.pauses;
  tally_.replays = operated.replays;
  tally_.bulk_replays = operated.bulk_replays;
  tally_.discards = operated.discards;
  tally_.refused_operations = operated.refused;
  tally_.rebuilds = operated.rebuilds;
  tally_.edits = operated.edits;
  tally_.refused_edits = operated.refused_edits;
  const CardServer::Counts& gateway = world_.card.counts();
  tally_.gateway_requests = gateway.requests;
  tally_.gateway_troubles = gateway.troubles;
  tally_.forgotten_keys = gateway.forgotten_keys;
  tally_.late_arrivals = gateway.late_arrivals;
  tally_.gateway_events = news_.counts().taken;
  tally_.repeated_gateway_events = news_.counts().repeated;
  tally_.untold_gateway_events = news_.counts().untold;
  const LongReaders::Counts& read = long_readers_.counts();
  tally_.long_reads = read.begun;
  tally_.looks_again = read.looks;
  tally_.overtaken_looks = read.overtaken;
  tally_.long_reads_given_up = read.given_up;
  tally_.checkpoints_beside = read.checkpoints;
  const Requests::Counts& held = clients_.held();
  tally_.held_answers = held.held;
  tally_.waited_out = held.waited_out;
  tally_.given_up_answers = held.given_up;
  tally_.answers_without_room = held.without_room;
  tally_.left_early = asked.left_early;
  tally_.left_waiting = asked.left_waiting;
  tally_.left_late = asked.left_late;
  const KeyOwners::Counts& keys = key_owners_.counts();
  tally_.keys_made = keys.made;
  tally_.keys_rotated = keys.rotated;
  tally_.keys_revoked = keys.revoked;
  tally_.keys_granted = keys.granted;
  tally_.keys_refused = keys.refused;
  tally_.keys_refused_after_jump = keys.refused_after_jump;
  tally_.copies = copies_.finished();
  tally_.copies_given_up = copies_.given_up();
}

/// Nobody but a fault may end a node: not who reads beside it either.
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

/// What needs a module that may be missing: its routes, or all that wait to be driven on.
bool needs_all_modules(Action action) {
  constexpr std::array actions{Action::refund,       Action::repeat_refund, Action::refund_again,
                               Action::operate,      Action::read,          Action::manage_webhooks,
                               Action::gateway_tells};
  return std::ranges::find(actions, action) != actions.end();
}

void Simulation::act(Action action) {
  if (!node_.is_whole() && needs_all_modules(action)) return;
  try {
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
      case Action::advance:
        if (const auto due = node_.next_due(); due && random_.below(2) == 0) {
          pass_time(*due - machine_.clock.now());
        } else {
          machine_.clock.advance(core::Duration(random_.below(3'000'000)));
        }
        return;
      case Action::place:
        return clients_.place_order(node_);
      case Action::place_and_wait:
        return clients_.place_and_wait(node_);
      case Action::leave:
        return clients_.let_one_leave(node_);
      case Action::place_nonsense:
        return clients_.place_nonsense(node_);
      case Action::repeat:
        return clients_.repeat_order(node_);
      case Action::misuse_key:
        return clients_.misuse_key(node_);
      case Action::cancel:
        return clients_.cancel_order(node_);
      case Action::refund:
        return clients_.refund_order(node_);
      case Action::repeat_refund:
        return clients_.repeat_refund(node_);
      case Action::refund_again:
        return clients_.refund_again(node_);
      case Action::operate:
        return operators_.act(node_);
      case Action::manage_webhooks:
        return webhook_owners_.act(node_);
      case Action::manage_keys:
        return key_owners_.act(node_);
      case Action::use_keys:
        return key_owners_.use_all(node_);
      case Action::copy:
        return copies_.begin(node_, 1 << random_.below(8), clients_.acknowledged());
      case Action::read:
        clients_.read(node_);
        node_.poll();
        return;
      case Action::begin_long_read:
        return long_readers_.begin(node_);
      case Action::look_again:
        return long_readers_.look_again(node_);
      case Action::duplicate:
        return inject(true);
      case Action::late_event:
        return inject(false);
      case Action::jump: {
        constexpr std::array<core::Duration, 4> jumps{1h, -1h, 24h, -24h};
        machine_.clock.jump(jumps[random_.below(jumps.size())]);
        ++tally_.clock_jumps;
        return trace_.add("clock jumps");
      }
      case Action::let_days_pass:
        pass_time(25h + core::Duration(random_.below(86'400'000'000)));
        ++tally_.days;
        return trace_.add("days pass");
      case Action::gateway_tells:
        news_.deliver(node_);
        return;
      case Action::gateway_settles:
        if (world_.card.books().settle(false)) trace_.add("gateway settles");
        return;
      case Action::refund_by_hand:
        if (const auto* refund = world_.card.books().refund_by_hand()) {
          trace_.add("refund by hand", refund->order_id + " " + std::to_string(refund->amount));
        }
        return;
      case Action::arm_fault:
        return arm_fault();
      case Action::arm_cut:
        trace_.add("arm cut");
        return machine_.faults.arm(Fault::cut, 1 + random_.below(60), 1);
      case Action::checkpoint:
        trace_.add("checkpoint");
        long_readers_.note_checkpoint();
        return node_.checkpoint();
      case Action::rescan:
        trace_.add("rescan");
        return node_.rescan();
      case Action::lose_power:
        return end(true);
      case Action::kill:
        return end(false);
      case Action::stop:
        return stop();
    }
  } catch (const std::exception& e) {
    must_end(e.what());
  }
}

/// The module that is not hosted in the life to come. Its tables are there: it was hosted before.
std::string_view Simulation::choose_missing() {
  constexpr std::array<std::string_view, 3> may_be_missing{"billing", "notifications", "users"};
  if (is_recovering_ || !was_whole_ || random_.below(6) > 0) return {};
  return may_be_missing[random_.below(may_be_missing.size())];
}

void Simulation::try_to_start() {
  // Somebody sees to a disk that stays broken.
  if (is_recovering_ || failed_starts_in_a_row_ > 3 || random_.below(2) == 0)
    machine_.faults.heal();
  machine_.alive = true;
  machine_.clock.advance(core::Duration(random_.below(2'000'000)));
  constexpr std::array autocheckpoints{2'000, 200, 40, 8};
  const int autocheckpoint = autocheckpoints[random_.below(autocheckpoints.size())];
  if (!is_recovering_ && random_.below(5) == 0) {
    machine_.faults.arm(Fault::cut, 1 + random_.below(150), 1);
  }
  hits_at_start_ = machine_.faults.all_hits();
  const std::string_view without = choose_missing();
  try {
    node_.start(random_.next(), autocheckpoint, without);
    ++tally_.starts;
    if (!without.empty()) ++tally_.partial_starts;
    failed_starts_in_a_row_ = 0;
    was_whole_ = was_whole_ || node_.is_whole();
    has_failed_ = false;
    read_to_ = node_.node().services().live.newest();
    trace_.add("start", std::to_string(read_to_.value()));
    key_owners_.node_has_started(node_);
  } catch (const std::exception& e) {
    trace_.add("start failed", e.what());
    ++tally_.failed_starts;
    ++failed_starts_in_a_row_;
    if (machine_.faults.all_hits() == hits_at_start_) {
      findings_.add("failed start", e.what());
    }
    end_badly();
  }
}

void Simulation::end_badly() {
  end(random_.below(2) == 0);
}

void Simulation::end(bool loses_power) {
  machine_.alive = false;
  long_readers_.leave();
  node_.end();
  clients_.node_has_ended();
  operators_.node_has_ended();
  news_.node_has_ended();
  key_owners_.node_has_ended();
  webhook_owners_.node_has_ended();
  if (loses_power) {
    ++tally_.power_losses;
    trace_.add("power loss");
    machine_.disk.lose_power(machine_.random);
  } else {
    ++tally_.process_deaths;
    trace_.add("process death");
    if (random_.below(3) == 0) machine_.disk.forget_cache();
  }
  // A cut that has not come yet was meant for this life.
  machine_.faults.disarm(Fault::cut);
}

void Simulation::stop() {
  trace_.add("stop");
  ++tally_.orderly_ends;
  long_readers_.finish(node_);
  if (machine_.alive && random_.below(2) == 0) {
    node_.drain();
    node_.poll();
    clients_.node_has_drained();
  }
  node_.end();
  clients_.node_has_ended();
  operators_.node_has_ended();
  news_.node_has_ended();
  key_owners_.node_has_ended();
  webhook_owners_.node_has_ended();
  // The cut may have come while it closed its files.
  if (!machine_.alive && random_.below(2) == 0) machine_.disk.lose_power(machine_.random);
  machine_.alive = true;
  machine_.faults.disarm(Fault::cut);
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

}  // namespace

Result simulate(std::uint64_t seed, const std::filesystem::path& folder) {
  used_disk(folder);
  // The marks of openings stand in a real file, beside no database: those of another run tell
  // nothing.
  std::filesystem::remove(folder / "data" / "orderflow.db-openings");
  Simulation simulation(seed, folder);
  return simulation.run();
}

}  // namespace orderflow::simulation
