#pragma once

#include "faults/findings.hpp"
#include "faults/simulation/people/requests.hpp"
#include "faults/simulation/trace.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace orderflow::simulation {

/// What was done with one event of a subscription, as an operator got it confirmed.
struct DoneByHand {
  std::string action;  ///< as the audit names it
  std::string subscription;
  std::int64_t seq;
};

/// One member of a dead letter's payload that an operator has changed.
struct EditedByHand {
  std::string key;  ///< the order
  std::string member;
};

/// Whoever looks after the node's event flow: pauses and resumes, replays and discards what is
/// dead, and asks for the same with what is not; rebuilds the statistics.
class Operators {
 public:
  Operators(Machine& machine, std::uint64_t seed, Trace& trace, test::Findings& findings)
      : random_(seed), trace_(trace), findings_(findings), requests_(machine, findings) {}

  /// One of them, by chance.
  void act(SimulatedNode& node);

  void resume_all(SimulatedNode& node);
  void replay_all(SimulatedNode& node, const std::string& filter = "{}");

  void node_has_ended() { requests_.node_has_ended(); }
  void node_is_at_rest() { requests_.node_is_at_rest(); }

  struct Counts {
    std::uint64_t pauses = 0;
    std::uint64_t replays = 0;
    std::uint64_t bulk_replays = 0;
    std::uint64_t discards = 0;
    std::uint64_t refused = 0;  ///< of events that are not dead
    std::uint64_t rebuilds = 0;
    std::uint64_t edits = 0;          ///< replayed as edited
    std::uint64_t refused_edits = 0;  ///< of what may not be edited
  };
  const Counts& counts() const noexcept { return counts_; }
  const std::vector<DoneByHand>& done() const noexcept { return done_; }
  const std::vector<EditedByHand>& edited() const noexcept { return edited_; }

 private:
  /// A delivery as the database lists it.
  struct Listed {
    std::string subscription;
    std::int64_t seq;
    std::string payload;
  };
  static std::vector<Listed> listed(SimulatedNode& node, bool only_dead);

  enum class Handling { replay, discard, edit };

  void set_paused(SimulatedNode& node, const std::string& subscription, bool paused);
  void rebuild(SimulatedNode& node);
  /// With a delivery that the database lists now, dead or not.
  void handle_some(SimulatedNode& node, Handling handling);
  /// Replays it with one member of its payload changed, which may or may not be.
  void replay_edited(SimulatedNode& node, const Listed& letter);
  void ask(SimulatedNode& node, Call call, std::vector<unsigned> answers, std::uint64_t& count);

  core::SeededRandom random_;
  Trace& trace_;
  test::Findings& findings_;
  Requests requests_;
  std::vector<DoneByHand> done_;
  std::vector<EditedByHand> edited_;
  Counts counts_;
};

}  // namespace orderflow::simulation
