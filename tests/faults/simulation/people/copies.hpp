#pragma once

#include "faults/findings.hpp"
#include "faults/simulation/simulated_node.hpp"
#include "faults/simulation/trace.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace orderflow::simulation {

/// Copies of the database that are made while the node works, as a backup makes them; one at a
/// time. What a backup does with the finished file, on a thread of its own, is not part of it.
class Copies {
 public:
  Copies(Machine& machine, std::filesystem::path folder, Trace& trace, test::Findings& findings)
      : machine_(machine), folder_(std::move(folder)), trace_(trace), findings_(findings) {}

  /// Begins one, which must hold the orders of these identifiers.
  void begin(SimulatedNode& node, int pages_a_step, std::vector<std::string> orders);

  /// Examines one that has come to its end.
  void look(const SimulatedNode& node, bool has_late_results);

  std::uint64_t finished() const noexcept { return finished_; }
  std::uint64_t given_up() const noexcept { return given_up_; }

 private:
  enum class State { none, running, whole };

  Machine& machine_;
  const std::filesystem::path folder_;
  Trace& trace_;
  test::Findings& findings_;
  State state_ = State::none;
  std::filesystem::path file_;
  std::vector<std::string> orders_;
  std::uint64_t begun_ = 0;
  std::uint64_t finished_ = 0;
  std::uint64_t given_up_ = 0;
};

}  // namespace orderflow::simulation
