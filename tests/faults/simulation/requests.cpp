#include "faults/simulation/requests.hpp"

#include "http/router.hpp"
#include "http/target.hpp"

#include <boost/asio/co_spawn.hpp>

#include <stdexcept>
#include <utility>

namespace orderflow::simulation {

void Requests::send(SimulatedNode& node, Call call, Answered answered) {
  auto& request = in_flight_.emplace_back(std::make_unique<http::Request>());
  request->method = call.method;
  request->target = std::move(call.target);
  request->trace.correlation_id = "request-" + std::to_string(++sent_);
  request->body = std::move(call.body);
  request->headers = std::move(call.headers);
  if (!http::parse_target(*request)) throw std::logic_error("bad target " + request->target);
  auto match = node.node().router().find(*request);
  if (match.handler == nullptr) throw std::logic_error("no route for " + request->target);
  const std::uint64_t hits = machine_.faults.all_hits();
  boost::asio::co_spawn(
      node.context(), (*match.handler)(*request),
      [this, hits, target = request->target, answered = std::move(answered)](
          const std::exception_ptr& error, const http::Response& response) {
        if (!machine_.alive) return;
        if (error && !leaves_it_open(error) && machine_.faults.all_hits() == hits) {
          findings_.add("failed request", target + " without a fault: " + text_of(error));
        }
        answered(error, response);
      });
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

}  // namespace orderflow::simulation
