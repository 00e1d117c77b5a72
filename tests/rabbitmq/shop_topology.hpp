#pragma once

#include "config/document.hpp"
#include "rabbitmq/topology.hpp"
#include "shop_events.hpp"

#include <set>
#include <string>
#include <utility>
#include <vector>

namespace orderflow::rabbitmq {

inline const std::vector<std::string> shop_modules{"orders", "billing", "notifications", "webhooks",
                                                   "users"};

/// Who subscribes to what, as the modules declare it.
inline const events::Catalog& shop_subscriptions() {
  static const events::Catalog catalog = [] {
    events::Catalog made;
    orders::describe_events(made);
    billing::describe_events(made);
    notifications::describe_events(made);
    for (const auto kind : {billing::OrderProcessed::kind, billing::PaymentRefunded::kind,
                            billing::PaymentRefundAbandoned::kind}) {
      made.subscribe("orders", kind, events::Distribution::home_node);
    }
    made.subscribe("billing", orders::OrderCreated::kind);
    made.subscribe("billing", orders::OrderCancelRequested::kind, events::Distribution::every_node);
    for (const auto module : {"notifications", "users"}) {
      for (const auto kind : {orders::OrderCreated::kind, billing::OrderProcessed::kind,
                              billing::PaymentRefunded::kind}) {
        made.subscribe(module, kind);
      }
    }
    for (const events::EventType& type : made.types()) {
      if (type.visibility == events::Visibility::published) made.subscribe("webhooks", type.kind);
    }
    return made;
  }();
  return catalog;
}

inline Settings shop_settings(std::vector<std::string> environment) {
  config::Document document({.environment = std::move(environment)});
  return read_settings(document.section("rabbitmq"), shop_modules);
}

inline Topology plan_for(std::set<std::string> hosted, std::string node = "node-1",
                         std::vector<std::string> environment = {}) {
  const PlannedNode planned{.name = std::move(node),
                            .hosted = std::move(hosted),
                            .modules = {shop_modules.begin(), shop_modules.end()}};
  return plan(shop_subscriptions(), planned, shop_settings(std::move(environment)));
}

}  // namespace orderflow::rabbitmq
