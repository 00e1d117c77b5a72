// What clients read, and what it may never be.
#include "faults/simulation/people/clients.hpp"

#include <nlohmann/json.hpp>

#include <array>
#include <string>
#include <utility>

namespace orderflow::simulation {

using nlohmann::json;

void Clients::read(SimulatedNode& node) {
  std::string order_id;
  if (!acknowledged_.empty()) order_id = acknowledged_[random_.below(acknowledged_.size())];
  std::string target = "/v1/orders?limit=5";
  switch (random_.below(order_id.empty() ? 1 : 9)) {
    case 1:
      target = "/v1/orders/" + order_id;
      break;
    case 2:
      target = "/v1/orders/" + order_id + "/timeline";
      break;
    case 3:
      target = "/v1/payments?orderId=" + order_id;
      break;
    case 4:
      target = "/v1/notifications?orderId=" + order_id;
      break;
    case 5:
    case 6:
    case 7:
    case 8:
      target = "/v1/users/user-" + std::to_string(random_.below(users)) + "/statistics";
      break;
    default:
      break;
  }
  trace_.add("read", target);
  const std::uint64_t hits = machine_.faults.all_hits();
  requests_.send(
      node, {http::Method::get, target},
      [this, target, order_id, hits](std::exception_ptr error, const http::Response& response) {
        answer_read(target, order_id, hits, std::move(error), response);
      });
}

void Clients::answer_read(const std::string& target, const std::string& order_id,
                          std::uint64_t hits, std::exception_ptr error,
                          const http::Response& response) {
  if (error) {
    trace_.add("not read", target + ": " + text_of(error));
    if (leaves_it_open(error) && machine_.faults.all_hits() == hits) {
      findings_.add("failed request", target + " was refused");
    }
    return;
  }
  trace_.add("was read", target + " " + std::to_string(response.status));
  if (response.status == 404 && target.starts_with("/v1/orders/")) {
    findings_.add("lost", order_id + " was acknowledged and is not found");
  }
  compare_statistics(target, response);
  if (response.status != 200 || target != "/v1/orders/" + order_id) return;
  const std::string status = json::parse(response.body).at("status");
  if (status != "PENDING") final_statuses_.try_emplace(order_id, status);
}

void Clients::compare_statistics(const std::string& target, const http::Response& response) {
  if (!target.starts_with("/v1/users/")) return;
  StatisticsCounts now{};
  if (response.status == 200) {
    const json document = json::parse(response.body);
    constexpr std::array names{"ordersPlaced", "ordersProcessed", "ordersCanceled",
                               "ordersDeclined", "ordersRefunded"};
    for (std::size_t i = 0; i < names.size(); ++i)
      now[i] = document.at(names[i]);
  }
  StatisticsCounts& before = statistics_[target];
  for (std::size_t i = 0; i < now.size(); ++i) {
    if (now[i] < before[i]) findings_.add("statistics went back", target);
  }
  before = now;
}

}  // namespace orderflow::simulation
