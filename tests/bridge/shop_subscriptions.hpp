#pragma once

#include "shop_events.hpp"

#include <string>
#include <vector>

namespace orderflow::bridge {

inline const std::vector<std::string> shop_modules{"orders", "billing", "notifications", "webhooks",
                                                   "users"};

/// Who hears what, as the modules tell it.
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

}  // namespace orderflow::bridge
