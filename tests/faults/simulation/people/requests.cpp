#include "faults/simulation/people/requests.hpp"

#include "http/message/target.hpp"
#include "http/routing/router.hpp"

#include <boost/asio/co_spawn.hpp>

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace orderflow::simulation {

void Requests::send(SimulatedNode& node, Call call, Answered answered) {
  InFlight& sent = *in_flight_.emplace_back(std::make_unique<InFlight>());
  sent.line = std::move(call.line);
  http::Request& request = sent.request;
  request.method = call.method;
  request.target = std::move(call.target);
  request.trace.correlation_id = "request-" + std::to_string(++sent_);
  request.body = std::move(call.body);
  request.headers = std::move(call.headers);
  request.presence = sent.line.get();
  if (!http::parse_target(request)) throw std::logic_error("bad target " + request.target);
  auto match = node.node().router().find(request);
  if (match.handler == nullptr) throw std::logic_error("no route for " + request.target);
  const std::uint64_t hits = machine_.faults.all_hits();
  boost::asio::co_spawn(node.context(), (*match.handler)(request),
                        [this, hits, &sent, answered = std::move(answered)](
                            const std::exception_ptr& error, const http::Response& response) {
                          if (!machine_.alive) return;
                          complete(sent, hits, error, response);
                          answered(error, response);
                        });
}

void Requests::complete(InFlight& call, std::uint64_t hits, const std::exception_ptr& error,
                        const http::Response& response) {
  const std::string& target = call.request.target;
  call.is_answered = true;
  if (error && !leaves_it_open(error) && machine_.faults.all_hits() == hits) {
    findings_.add("failed request", target + " without a fault: " + text_of(error));
  }
  if (!call.line) return;
  count(*call.line);
  const bool was_refused = call.line->state() == ClientLine::State::refused;
  if (was_refused && !error && has_header(response, "Preference-Applied")) {
    findings_.add("held answer", target + " was held where no more may be");
  }
  call.line->answer();
}

void Requests::count(const ClientLine& line) noexcept {
  if (line.state() == ClientLine::State::refused) ++counts_.without_room;
  if (line.state() != ClientLine::State::held) return;
  ++counts_.held;
  if (line.has_left()) {
    ++counts_.given_up;
  } else if (line.is_overdue(machine_.clock.steady())) {
    ++counts_.waited_out;
  }
}

std::vector<ClientLine*> Requests::lines() {
  std::vector<ClientLine*> found;
  for (const auto& call : in_flight_) {
    if (call->line && !call->line->has_left()) found.push_back(call->line.get());
  }
  return found;
}

void Requests::node_has_polled() {
  if (!machine_.alive) return;
  for (const auto& call : in_flight_) {
    if (!call->line || call->is_answered) continue;
    const ClientLine& line = *call->line;
    if (line.has_left() && line.state() == ClientLine::State::held) {
      findings_.add("held answer", call->request.target + " is held for nobody");
    }
    if (line.is_overdue(rung_at_)) {
      findings_.add("held answer", call->request.target + " is held for too long");
    }
  }
}

void Requests::node_is_at_rest() {
  for (const auto& call : in_flight_) {
    if (!call->is_answered) findings_.add("no answer", call->request.target);
  }
}

void Requests::node_has_drained() {
  if (!machine_.alive) return;
  for (const auto& call : in_flight_) {
    if (call->line && call->line->state() == ClientLine::State::held) {
      findings_.add("held answer", call->request.target + " is held by a node that stops");
    }
  }
}

std::string text_of(const std::exception_ptr& error) {
  try {
    std::rethrow_exception(error);
  } catch (const std::exception& e) {
    return e.what();
  }
}

bool leaves_it_open(const std::exception_ptr& error) {
  try {
    std::rethrow_exception(error);
  } catch (const http::Unavailable&) {
    return true;
  } catch (...) {
    return false;
  }
}

bool has_header(const http::Response& response, std::string_view name) {
  return std::ranges::any_of(response.headers,
                             [&](const auto& field) { return field.first == name; });
}

}  // namespace orderflow::simulation
