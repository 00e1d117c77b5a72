#pragma once

#include "faults/findings.hpp"
#include "faults/simulation/people/client_line.hpp"
#include "faults/simulation/simulated_node.hpp"
#include "http/message/message.hpp"

#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace orderflow::simulation {

/// What is asked of the node.
struct Call {
  http::Method method = http::Method::get;
  std::string target;
  std::string body{};
  http::Fields headers{};
  std::unique_ptr<ClientLine> line = nullptr;  ///< set: its answer may be held
};

/// Brings requests to the node's routes, many at a time, and answers to whoever asked. What is
/// answered after the machine was cut off reaches nobody. A request that fails, other than by a
/// refusal, while nothing has failed below the node is a finding; so is an answer that is held for
/// nobody, for too long, or where none may be held.
class Requests {
 public:
  using Answered = std::function<void(std::exception_ptr error, const http::Response& response)>;

  Requests(Machine& machine, test::Findings& findings) : machine_(machine), findings_(findings) {}

  void send(SimulatedNode& node, Call call, Answered answered);

  /// Of those clients who are there still and may leave; also of some who have their answer.
  std::vector<ClientLine*> lines();

  /// All timers that were due have rung: clients whose time was up have been answered.
  void timers_have_rung() noexcept { rung_at_ = machine_.clock.steady(); }
  /// The node has done all that it could do without its writer and its timers.
  void node_has_polled();
  /// It has nothing left to do, and so has answered all.
  void node_is_at_rest();
  /// It stops in good order, and holds no answer any more.
  void node_has_drained();

  /// Those that wait are never answered.
  void node_has_ended() { in_flight_.clear(); }

  struct Counts {
    std::uint64_t held = 0;          ///< answers that were held
    std::uint64_t waited_out = 0;    ///< of them, for as long as the client would wait
    std::uint64_t given_up = 0;      ///< until the client left
    std::uint64_t without_room = 0;  ///< not held, as no more may be
  };
  const Counts& counts() const noexcept { return counts_; }

 private:
  struct InFlight {
    http::Request request;
    std::unique_ptr<ClientLine> line;
    bool is_answered = false;
  };

  void complete(InFlight& call, std::uint64_t hits, const std::exception_ptr& error,
                const http::Response& response);
  void count(const ClientLine& line) noexcept;

  Machine& machine_;
  test::Findings& findings_;
  std::vector<std::unique_ptr<InFlight>> in_flight_;  // of the node's present life
  core::Duration rung_at_{};
  std::uint64_t sent_ = 0;
  Counts counts_;
};

std::string text_of(const std::exception_ptr& error);

/// Whether the request may have been done although it failed.
bool leaves_it_open(const std::exception_ptr& error);

/// Whether an answer has such a header.
bool has_header(const http::Response& response, std::string_view name);

}  // namespace orderflow::simulation
