#pragma once

#include "core/clock.hpp"
#include "core/random.hpp"
#include "faults/findings.hpp"
#include "faults/simulation/people/requests.hpp"
#include "faults/simulation/trace.hpp"

#include <cstdint>
#include <deque>
#include <optional>
#include <string>

namespace orderflow::simulation {

/// Those who hold API keys: they have them made, rotated and revoked, and use them. A key that was
/// answered as made grants until its end, and one that was answered as revoked never again,
/// whatever becomes of the clock and the node; else it is a finding.
///
/// A key's text comes from the operating system's entropy, which no seed decides. Nothing else
/// depends on it as long as all keys are in one page of the database.
class KeyOwners {
 public:
  KeyOwners(Machine& machine, std::uint64_t seed, Trace& trace, test::Findings& findings)
      : machine_(machine),
        random_(seed),
        trace_(trace),
        findings_(findings),
        requests_(machine, findings) {}

  /// Has a key made, rotated or revoked, by chance.
  void act(SimulatedNode& node);

  /// Uses every key there has been.
  void use_all(SimulatedNode& node);

  void node_has_started(SimulatedNode& node);
  void node_has_ended();
  void node_is_at_rest() { requests_.node_is_at_rest(); }

  struct Counts {
    std::uint64_t made = 0;
    std::uint64_t rotated = 0;
    std::uint64_t revoked = 0;
    std::uint64_t granted = 0;  ///< uses of a key
    std::uint64_t refused = 0;
    std::uint64_t refused_after_jump = 0;  ///< of one that by the clock has not been revoked yet
  };
  const Counts& counts() const noexcept { return counts_; }

 private:
  /// A key as its holder knows it.
  struct Key {
    std::string name;
    std::string id;
    std::string text;
    bool reads_orders;
    std::optional<core::Timestamp> ends_at;  ///< by the clock on the wall
    std::optional<core::Timestamp> revoked_at{};
    int revocations = 0;  ///< asked for, and nobody knows whether they were done
    int rotations = 0;    ///< the same
    int asked_in_life = 0;

    bool is_certain() const noexcept { return revocations == 0 && rotations == 0; }
  };

  void make(SimulatedNode& node);
  void rotate(SimulatedNode& node, Key& old);
  void revoke(SimulatedNode& node, Key& key);
  void keep(const http::Response& response);
  void refused(const Key& key, bool was_certain, const http::Response& response);
  void use(SimulatedNode& node, Key& key);

  Machine& machine_;
  core::SeededRandom random_;
  Trace& trace_;
  test::Findings& findings_;
  Requests requests_;
  std::deque<Key> keys_;  // a deque: those in flight are referred to
  std::size_t asked_for_ = 0;
  int life_ = 0;
  Counts counts_;
};

}  // namespace orderflow::simulation
