#include "faults/simulation/simulation.hpp"

#include "faults/simulation/simulation_run.hpp"
#include "faults/simulation/verdict/independent_checks.hpp"
#include "faults/simulation/verdict/webhook_verdict.hpp"

#include <array>
#include <exception>
#include <string>

namespace orderflow::simulation {
namespace {

using namespace std::chrono_literals;

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

}  // namespace

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

Result simulate(std::uint64_t seed, const std::filesystem::path& folder) {
  used_disk(folder);
  // The marks of openings stand in a real file, beside no database: those of another run tell
  // nothing.
  std::filesystem::remove(folder / "data" / "orderflow.db-openings");
  Simulation simulation(seed, folder);
  return simulation.run();
}

}  // namespace orderflow::simulation
