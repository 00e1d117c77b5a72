#pragma once

#include "faults/findings.hpp"
#include "faults/simulation/simulated_node.hpp"
#include "faults/simulation/trace.hpp"
#include "http/message.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace orderflow::simulation {

/// One `POST /v1/orders`, and what its client knows.
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
  bool is_declined = false;
  Answer answer = Answer::waiting;
  std::string order_id{};  ///< where acknowledged
};

/// All who send requests to the node. Many are in flight at once; what a client has been told is
/// held against the node at once, and by the verdict later.
class Clients {
 public:
  Clients(Machine& machine, std::uint64_t seed, Trace& trace, test::Findings& findings)
      : machine_(machine), random_(seed), trace_(trace), findings_(findings) {}

  void place_order(SimulatedNode& node);
  void place_nonsense(SimulatedNode& node);
  void read(SimulatedNode& node);

  /// Nobody answers any more; those who wait will never know.
  void node_has_ended();

  const std::deque<OrderAttempt>& attempts() const noexcept { return attempts_; }
  /// Final statuses that readers were told, by order id.
  const std::map<std::string, std::string>& final_statuses() const noexcept {
    return final_statuses_;
  }

 private:
  using Answered = std::function<void(std::exception_ptr error, const http::Response& response)>;

  void send(SimulatedNode& node, http::Method method, std::string target, std::string body,
            Answered answered);
  void answer_order(OrderAttempt& attempt, bool refused_for_sure, std::exception_ptr error,
                    const http::Response& response);
  void answer_read(const std::string& target, const std::string& order_id, std::uint64_t hits,
                   std::exception_ptr error, const http::Response& response);
  std::string body_for(OrderAttempt& attempt);

  Machine& machine_;
  core::SeededRandom random_;
  Trace& trace_;
  test::Findings& findings_;
  std::deque<OrderAttempt> attempts_;  // a deque: those in flight are referred to
  std::vector<std::string> acknowledged_;
  std::map<std::string, std::string> final_statuses_;
  std::vector<std::unique_ptr<http::Request>> requests_;  // of the node's present life
  std::uint64_t sent_ = 0;
};

}  // namespace orderflow::simulation
