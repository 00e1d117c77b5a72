#pragma once

#include "cli/node_client.hpp"
#include "cli/terminal/interruption.hpp"
#include "cli/terminal/progress.hpp"
#include "commands/demo/demo_tally.hpp"
#include "commands/demo/demo_traffic.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace orderflow::commands {

/// Places orders at a steady rate and follows them in the log until all are final. Belongs to one
/// thread.
class DemoRun {
 public:
  using Clock = std::chrono::steady_clock;

  struct Plan {
    std::uint64_t orders_max;
    std::optional<Clock::duration> place_for;
    double per_second;
    Clock::duration settle_limit;  ///< how long to wait for the outcomes after the last order
    std::uint64_t seed;
    bool print_lines;  ///< where there is no terminal: each change of the counts is a line
  };

  DemoRun(cli::NodeClient& node, cli::Interruption& interruption, const Plan& plan)
      : node_(node), interruption_(interruption), plan_(plan), traffic_(plan.seed) {}

  /// Returns when all is final, at the limit, or at a signal. Throws what `NodeClient::ask` throws.
  void run();

  const DemoTally& tally() const noexcept { return tally_; }
  bool interrupted() const noexcept { return interrupted_; }

 private:
  void place_all();
  void place_one();
  void settle();
  bool rest_until(Clock::time_point moment);
  /// Reads what is new in the log; true where it concerns an order of ours.
  bool look();
  void show();

  cli::NodeClient& node_;
  cli::Interruption& interruption_;
  const Plan plan_;
  DemoTraffic traffic_;
  DemoTally tally_;
  cli::Progress progress_;
  std::optional<std::string> position_;  // in the log; nothing until the first order
  std::string printed_;
  Clock::time_point printed_at_{};
  bool interrupted_ = false;
};

}  // namespace orderflow::commands
