#pragma once

#include "faults/findings.hpp"
#include "faults/simulation/simulated_node.hpp"
#include "http/message.hpp"

#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace orderflow::simulation {

/// What is asked of the node.
struct Call {
  http::Method method = http::Method::get;
  std::string target;
  std::string body{};
  http::Fields headers{};
};

/// Brings requests to the node's routes, many at a time, and answers to who asked. What is said
/// after the machine was cut off, nobody hears. A request that fails, other than by a refusal,
/// while nothing has failed below the node is a finding.
class Requests {
 public:
  using Answered = std::function<void(std::exception_ptr error, const http::Response& response)>;

  Requests(Machine& machine, test::Findings& findings) : machine_(machine), findings_(findings) {}

  void send(SimulatedNode& node, Call call, Answered answered);

  /// Those that wait are never answered.
  void node_has_ended() { in_flight_.clear(); }

 private:
  Machine& machine_;
  test::Findings& findings_;
  std::vector<std::unique_ptr<http::Request>> in_flight_;  // of the node's present life
  std::uint64_t sent_ = 0;
};

std::string text_of(const std::exception_ptr& error);

/// Whether the request may have been done although it failed.
bool leaves_it_open(const std::exception_ptr& error);

}  // namespace orderflow::simulation
