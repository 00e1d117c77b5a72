#pragma once

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
#include "faults/simulation/simulation.hpp"
#include "faults/simulation/trace.hpp"
#include "faults/simulation/verdict/verdict.hpp"

#include <cstdint>
#include <filesystem>
#include <string_view>

namespace orderflow::simulation {

/// One run of the simulation: a node, everything around it, and what happens to it.
class Simulation {
 public:
  Simulation(std::uint64_t seed, const std::filesystem::path& folder);

  Result run();

 private:
  // One action after another: actions.cpp.
  void act();
  void act(Action action);
  /// Each is false where the action is none of its own.
  bool let_clients_act(Action action);
  bool let_others_act(Action action);
  bool let_time_pass(Action action);
  void drive_node(Action action);
  void arm_fault();
  void inject(bool as_duplicate);
  void look_at_live_feed();
  /// Nobody but a fault may end a node: not who reads beside it either.
  void must_end(const char* why);

  // The lives of the node: lives.cpp.
  std::string_view choose_missing();
  void try_to_start();
  void end_badly();
  void end(bool loses_power);
  void stop();

  // Its end, when nothing fails any more: last_life.cpp.
  void recover();
  void end_in_order();
  void go_on_after_retention();
  void pass_time(core::Duration time);
  void settle_at_gateway();
  void look_for_dead_payments();
  void run_until_quiet();
  bool work();
  bool fire_timers();

  void count_what_was_done();

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
  bool has_late_results_ = false;  ///< published by another node
  bool was_whole_ = false;         ///< once: every module's tables are there
  bool is_recovering_ = false;     ///< at the end, when nothing fails any more
  int failed_starts_in_a_row_ = 0;
  std::uint64_t hits_at_start_ = 0;  ///< of faults, when this life began
};

}  // namespace orderflow::simulation
