#pragma once

#include "faults/findings.hpp"
#include "faults/simulation/peers/card_books.hpp"
#include "faults/simulation/people/requests.hpp"
#include "faults/simulation/trace.hpp"

#include <cstdint>
#include <deque>
#include <string>

namespace orderflow::simulation {

/// What the card gateway sends the node by itself, signed: out of order, again and again until it
/// is taken, some of it once more after that. Some of what the node will know anyhow is never sent.
class CardNews {
 public:
  CardNews(Machine& machine, std::uint64_t seed, Trace& trace, test::Findings& findings)
      : machine_(machine),
        random_(seed),
        trace_(trace),
        requests_(machine, findings),
        findings_(findings) {}

  /// Takes what has happened in the books. Where the shop has not subscribed, none of it is sent.
  void gather(CardBooks& books, bool is_asked_for);

  /// Sends some of it, by chance. Returns whether there was something to send.
  bool deliver(SimulatedNode& node);

  void node_has_ended();
  void node_is_at_rest() { requests_.node_is_at_rest(); }

  /// From now on nothing is sent twice.
  void heal();

  struct Counts {
    std::uint64_t taken = 0;
    std::uint64_t repeated = 0;
    std::uint64_t untold = 0;
  };
  const Counts& counts() const noexcept { return counts_; }

 private:
  struct Waiting {
    std::string id;
    std::string body;
    core::Timestamp signed_at{};
    bool is_on_its_way = false;
    bool was_taken = false;
  };

  void answered(const std::string& id, std::exception_ptr error, const http::Response& response);

  Machine& machine_;
  core::SeededRandom random_;
  Trace& trace_;
  Requests requests_;
  test::Findings& findings_;
  std::deque<Waiting> waiting_;
  std::uint64_t published_ = 0;
  bool repeats_ = true;
  Counts counts_;
};

}  // namespace orderflow::simulation
