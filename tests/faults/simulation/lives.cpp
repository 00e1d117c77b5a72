#include "faults/simulation/simulation_run.hpp"

#include <array>
#include <exception>
#include <string>

namespace orderflow::simulation {

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

}  // namespace orderflow::simulation
