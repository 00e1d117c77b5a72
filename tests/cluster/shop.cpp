#include "cluster/shop.hpp"

#include "acceptance/support/doctor.hpp"
#include "acceptance/support/orders.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace orderflow::test {
namespace {

using namespace std::chrono_literals;

bool hosts(const NodePlan& node, const std::string& module) {
  return ("," + node.modules + ",").find("," + module + ",") != std::string::npos;
}

}  // namespace

const std::vector<NodePlan>& all_in_one() {
  static const std::vector<NodePlan> plan{{"shop", "orders,billing,notifications,users"}};
  return plan;
}

const std::vector<NodePlan>& spread() {
  static const std::vector<NodePlan> plan{{"front", "orders"},
                                          {"till-1", "billing"},
                                          {"till-2", "billing"},
                                          {"post", "notifications"},
                                          {"figures", "users"}};
  return plan;
}

Shop::Shop(std::vector<NodePlan> plan, Settings settings)
    : plan_(std::move(plan)), settings_(std::move(settings)) {
  for (const NodePlan& node : plan_)
    start(node.name);
}

std::vector<std::string> Shop::nodes() const {
  std::vector<std::string> names;
  for (const NodePlan& node : plan_)
    names.push_back(node.name);
  return names;
}

const NodePlan& Shop::plan_of(const std::string& node) const {
  return *std::ranges::find(plan_, node, &NodePlan::name);
}

void Shop::start(const std::string& node) {
  Settings settings = settings_;
  settings.emplace_back("ORDERFLOW_NODE_NAME", node);
  settings.emplace_back("ORDERFLOW_NODE_MODULES", plan_of(node).modules);
  // The shop's own clients may have nothing to ask for a while.
  settings.emplace_back("ORDERFLOW_HTTP_IDLE_TIMEOUT_MS", "1200000");
  running_[node] = std::make_unique<Node>(data(node), settings);
  clients_[node] = std::make_unique<HttpClient>(port(node), 60s);
}

void Shop::stop(const std::string& node) {
  clients_.erase(node);
  const auto running = running_.extract(node);
  running.mapped()->stop();
}

void Shop::kill(const std::string& node) {
  clients_.erase(node);
  const auto running = running_.extract(node);
  running.mapped()->kill();
}

void Shop::stop_all() {
  for (const NodePlan& node : plan_) {
    if (runs(node.name)) stop(node.name);
  }
}

HttpClient& Shop::client(const std::string& node) {
  return *clients_.at(node);
}

std::string Shop::node_of(const std::string& module) const {
  return std::ranges::find_if(plan_, [&](const NodePlan& node) { return hosts(node, module); })
      ->name;
}

std::vector<HttpClient*> Shop::clients_of(const std::string& module) {
  std::vector<HttpClient*> clients;
  for (const NodePlan& node : plan_) {
    if (hosts(node, module) && runs(node.name)) clients.push_back(&client(node.name));
  }
  return clients;
}

NodesOfModules Shop::nodes_of_modules() {
  return {client(node_of("orders")), clients_of("billing"), client(node_of("notifications")),
          client(node_of("users"))};
}

void Shop::wait_until_connected() {
  for (const auto& [name, unused] : running_) {
    wait_until(
        name + " is connected",
        [&, &node = name] { return get(client(node), "/readyz").at("status") == "ready"; }, 120s);
  }
}

void Shop::check_sound() {
  stop_all();
  for (const NodePlan& node : plan_)
    test::check_sound(data(node.name));
}

}  // namespace orderflow::test
