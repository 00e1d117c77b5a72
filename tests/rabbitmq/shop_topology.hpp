#pragma once

#include "config/document.hpp"
#include "rabbitmq/topology.hpp"
#include "shop_subscriptions.hpp"

#include <set>
#include <string>
#include <utility>
#include <vector>

namespace orderflow::rabbitmq {

inline Settings shop_settings(std::vector<std::string> environment) {
  config::Document document({.environment = std::move(environment)});
  return read_settings(document.section("rabbitmq"), bridge::shop_modules);
}

inline Topology plan_for(std::set<std::string> hosted, std::string node = "node-1",
                         std::vector<std::string> environment = {}) {
  const bridge::PlannedNode planned{
      .name = std::move(node),
      .hosted = std::move(hosted),
      .modules = {bridge::shop_modules.begin(), bridge::shop_modules.end()}};
  return plan(bridge::shop_subscriptions(), planned, shop_settings(std::move(environment)));
}

}  // namespace orderflow::rabbitmq
