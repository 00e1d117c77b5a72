#include "faults/balancer.hpp"

#include "acceptance/support/node.hpp"
#include "acceptance/support/orders.hpp"

#include <chrono>
#include <map>
#include <utility>

namespace orderflow::test {
namespace {

using namespace std::chrono_literals;

constexpr auto look_every = 20ms;

bool is_ready(std::uint16_t port) {
  try {
    return port != 0 && HttpClient(port).get("/readyz").status == 200;
  } catch (const std::runtime_error&) {
    return false;
  }
}

}  // namespace

Balancer::Balancer(std::size_t nodes, unsigned clients) : targets_(nodes) {
  threads_.emplace_back([this] { look(); });
  for (unsigned client = 0; client < clients; ++client)
    threads_.emplace_back([this, client] { order(client); });
}

Balancer::~Balancer() {
  ended_ = true;
  for (std::thread& thread : threads_)
    thread.join();
}

void Balancer::serve(std::size_t node, std::uint16_t port) {
  targets_[node].port = port;
  wait_until("the balancer finds the node ready", [&] { return targets_[node].is_ready.load(); });
}

void Balancer::wait_for_more(std::size_t requests) {
  const std::size_t until = tally().answered + requests;
  wait_until("requests are answered", [&] { return tally().answered >= until; });
}

Balancer::Tally Balancer::tally() const {
  const std::lock_guard lock(mutex_);
  return tally_;
}

void Balancer::look() {
  while (!ended_) {
    for (Target& target : targets_)
      target.is_ready = is_ready(target.port);
    std::this_thread::sleep_for(look_every);
  }
}

void Balancer::order(unsigned client) {
  // A node has another port after each start.
  std::map<std::uint16_t, HttpClient> connections;
  for (std::size_t turn = client; !ended_; ++turn) {
    const std::size_t node = turn % targets_.size();
    if (!targets_[node].is_ready) continue;
    const std::uint16_t port = targets_[node].port;
    order_at(node, connections.try_emplace(port, port).first->second, client);
  }
}

void Balancer::order_at(std::size_t node, HttpClient& client, unsigned buyer) {
  std::string failure;
  try {
    const auto answer = client.post("/v1/orders", order_of("u-" + std::to_string(buyer), 700));
    if (answer.status != 201) failure = std::to_string(answer.status);
  } catch (const std::runtime_error& error) {
    failure = error.what();
  }
  const std::lock_guard lock(mutex_);
  if (failure.empty()) {
    ++tally_.answered;
  } else {
    tally_.failures.push_back("node " + std::to_string(node) + ": " + failure);
  }
}

}  // namespace orderflow::test
