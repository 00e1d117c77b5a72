#pragma once

#include "core/random.hpp"
#include "events/log/event.hpp"
#include "faults/findings.hpp"
#include "faults/simulation/simulated_node.hpp"
#include "faults/simulation/trace.hpp"
#include "faults/simulation/verdict/plain_database.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace orderflow::simulation {

/// Others who read the node's database for long, each on a connection of their own: a report, a
/// copy, a forgotten shell. What a snapshot showed at first it shows whenever it is looked at
/// again, whatever the node has written, checkpointed and removed meanwhile; else it is a finding.
class LongReaders {
 public:
  LongReaders(Machine& machine, std::uint64_t seed, Trace& trace, test::Findings& findings)
      : machine_(machine), random_(seed), trace_(trace), findings_(findings) {}

  /// One more begins a snapshot, where not as many read as may.
  void begin(SimulatedNode& node);
  /// One of them looks again, and perhaps has seen enough.
  void look_again(SimulatedNode& node);
  /// All of them look again and end.
  void finish(SimulatedNode& node);
  /// All of them end where they are. To be called before the node's process ends.
  void leave() noexcept { readers_.clear(); }

  /// The node gives back its log while they read.
  void note_checkpoint() noexcept { counts_.checkpoints += readers_.empty() ? 0 : 1; }

  struct Counts {
    std::uint64_t begun = 0;
    std::uint64_t looks = 0;        ///< again
    std::uint64_t overtaken = 0;    ///< looks at what the node has gone on from
    std::uint64_t given_up = 0;     ///< what failed below them
    std::uint64_t checkpoints = 0;  ///< while one of them read
  };
  const Counts& counts() const noexcept { return counts_; }

 private:
  struct Reader {
    std::unique_ptr<PlainDatabase> database;
    std::string shown;       ///< at first
    events::Seq newest{};    ///< of the node's log, when it began
    std::uint64_t hits = 0;  ///< of faults, when it began
  };

  std::string look(PlainDatabase& database) const;
  void look_again(SimulatedNode& node, Reader& reader);
  void give_up(Reader& reader, const char* why);

  Machine& machine_;
  core::SeededRandom random_;
  Trace& trace_;
  test::Findings& findings_;
  std::vector<Reader> readers_;
  Counts counts_;
};

}  // namespace orderflow::simulation
