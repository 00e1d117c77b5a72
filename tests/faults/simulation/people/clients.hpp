#pragma once

#include "faults/findings.hpp"
#include "faults/simulation/people/requests.hpp"
#include "faults/simulation/trace.hpp"
#include "http/message/message.hpp"

#include <array>
#include <chrono>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace orderflow::simulation {

/// One order that a client wants placed, and what it knows of it. With an idempotency key it may
/// have asked several times.
struct OrderAttempt {
  enum class Answer {
    waiting,
    acknowledged,  ///< 201
    refused,       ///< it must not be there
    unknown        ///< no answer, or one that leaves it open
  };

  std::string marker;  ///< the first item's product id: no other attempt has it
  std::string user_id;
  std::string currency;
  std::int64_t amount = 0;
  bool is_fraud = false;
  std::string method{};      ///< of payment; empty: none is named
  bool is_declined = false;  ///< the gateway will not charge it
  std::string key{};         ///< the idempotency key; empty: none
  std::string body{};
  Answer answer = Answer::waiting;
  int in_flight = 0;         ///< requests that wait for an answer
  bool is_open = false;      ///< a request had no clear answer
  std::string order_id{};    ///< where acknowledged
  std::string answered{};    ///< the first answer to a request that did not wait for the outcome
  core::Timestamp lowest{};  ///< the clock since the first request
  core::Timestamp highest{};
};

/// One part of a payment that somebody wants back, and what they know of it.
struct RefundAttempt {
  std::string order_id;
  std::string target{};  ///< the refunds of the payment, once it is known
  std::string body{};
  std::string key{};         ///< the idempotency key; empty: none
  std::string refund_id{};   ///< where it was promised
  std::string answered{};    ///< the answer that promised it
  std::int64_t amount = 0;   ///< that was promised
  core::Timestamp lowest{};  ///< the clock since the first request
  core::Timestamp highest{};
};

/// All who send requests to the node. Many are in flight at once; what a client has been answered
/// is compared with the node at once, and by the verdict later.
class Clients {
 public:
  Clients(Machine& machine, std::uint64_t seed, Trace& trace, test::Findings& findings)
      : machine_(machine),
        random_(seed),
        trace_(trace),
        findings_(findings),
        requests_(machine, findings) {}

  void place_order(SimulatedNode& node);
  /// The same, and waits for the outcome for a minute.
  void place_and_wait(SimulatedNode& node);
  /// A client that waits disconnects: before its answer is held, while it is, or when it has it.
  void let_one_leave(SimulatedNode& node);
  /// As many as may wait at a node that is at rest do so, which has a slot for each of them if
  /// none was left behind by others; then all leave.
  void fill_the_places(SimulatedNode& node);
  /// Asks once more for an order that has an idempotency key, whatever was answered before.
  void repeat_order(SimulatedNode& node);
  /// Uses the idempotency key of an order for another one.
  void misuse_key(SimulatedNode& node);
  void cancel_order(SimulatedNode& node);
  /// Looks up the payment of an order and asks for a part of it, or for all that is left.
  void refund_order(SimulatedNode& node);
  /// Asks once more for a refund that has an idempotency key, whatever was answered before.
  void repeat_refund(SimulatedNode& node);
  /// Asks for as much of a payment as once before, as a new refund.
  void refund_again(SimulatedNode& node);
  void place_nonsense(SimulatedNode& node);
  void read(SimulatedNode& node);

  /// The machine's clock was moved.
  void look_at_clock();

  void timers_have_rung() noexcept { requests_.timers_have_rung(); }
  void node_has_polled() { requests_.node_has_polled(); }
  void node_is_at_rest() { requests_.node_is_at_rest(); }
  void node_has_drained() { requests_.node_has_drained(); }

  /// Nobody answers any more; those who wait will never know.
  void node_has_ended();

  const std::deque<OrderAttempt>& attempts() const noexcept { return attempts_; }
  /// Identifiers of orders, as they were answered.
  const std::vector<std::string>& acknowledged() const noexcept { return acknowledged_; }
  /// Final statuses that readers were shown, by order id.
  const std::map<std::string, std::string>& final_statuses() const noexcept {
    return final_statuses_;
  }

  /// Orders whose cancellation was accepted.
  const std::set<std::string>& accepted_cancellations() const noexcept { return canceled_; }

  const std::deque<RefundAttempt>& refunds() const noexcept { return refunds_; }

  struct Counts {
    std::uint64_t repeats = 0;  ///< with an idempotency key
    std::uint64_t replayed = 0;
    std::uint64_t misused_keys = 0;
    std::uint64_t cancellations = 0;
    std::uint64_t partial_refunds = 0;   ///< asked for
    std::uint64_t promised_refunds = 0;  ///< answered with 201
    std::uint64_t left_early = 0;        ///< clients, before their answer was held
    std::uint64_t left_waiting = 0;      ///< while it was
    std::uint64_t left_late = 0;         ///< with it
  };
  const Counts& counts() const noexcept { return counts_; }
  const Requests::Counts& held() const noexcept { return requests_.counts(); }

 private:
  /// What is read of one user's statistics: none of it ever goes back.
  using StatisticsCounts = std::array<std::int64_t, 5>;

  static constexpr std::uint64_t users = 4;
  // Keys are kept for a day at least; the clock jumps by days.
  static constexpr core::Duration keys_kept_for = std::chrono::hours(24);

  OrderAttempt& new_attempt();
  void ask_for(SimulatedNode& node, OrderAttempt& attempt);
  void ask_for(SimulatedNode& node, OrderAttempt& attempt, std::chrono::seconds wait,
               bool has_room);
  std::unique_ptr<ClientLine> line_for(std::chrono::seconds wait, bool has_room) const;
  void answer_order(OrderAttempt& attempt, bool refused_for_sure, bool waits,
                    std::exception_ptr error, const http::Response& response);
  void take_order(OrderAttempt& attempt, bool waits, const http::Response& response);
  void answer_cancel(const std::string& order_id, std::exception_ptr error,
                     const http::Response& response);
  void ask_for(SimulatedNode& node, RefundAttempt& attempt);
  void answer_refund(RefundAttempt& attempt, std::exception_ptr error,
                     const http::Response& response);
  void answer_read(const std::string& target, const std::string& order_id, std::uint64_t hits,
                   std::exception_ptr error, const http::Response& response);
  void compare_statistics(const std::string& target, const http::Response& response);
  std::string body_for(OrderAttempt& attempt);
  std::int64_t price_in(const std::string& currency);
  std::string some_order();
  OrderAttempt* some_keyed_order(bool acknowledged);

  Machine& machine_;
  core::SeededRandom random_;
  Trace& trace_;
  test::Findings& findings_;
  Requests requests_;
  std::deque<OrderAttempt> attempts_;  // a deque: those in flight are referred to
  std::deque<RefundAttempt> refunds_;  // the same
  std::vector<std::string> acknowledged_;
  std::map<std::string, std::string> final_statuses_;
  std::set<std::string> canceled_;
  std::map<std::string, StatisticsCounts> statistics_;
  Counts counts_;
};

}  // namespace orderflow::simulation
