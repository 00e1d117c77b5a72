#include "order_metrics.hpp"

#include "order_store.hpp"
#include "telemetry/exposition.hpp"

#include <algorithm>
#include <chrono>
#include <string>

namespace orderflow::orders {
namespace {

/// A scrape visits no more of them.
constexpr std::size_t count_max = 100'000;

void export_waiting(telemetry::Exposition& metrics, OrderStatus status, const WaitingOrders& orders,
                    core::Timestamp now) {
  const telemetry::Labels labels = {{"status", std::string(to_string(status))}};
  metrics.gauge("orderflow_orders_pending",
                "Orders that wait to be settled, 100000 at most; those that are PROCESSED are to be"
                " canceled.",
                static_cast<double>(orders.count), labels);
  const std::chrono::duration<double> age =
      orders.oldest_since ? now - *orders.oldest_since : core::Duration{0};
  metrics.gauge("orderflow_orders_pending_oldest_age_seconds",
                "How long the oldest of them has waited; 0 where none does.",
                std::max(0.0, age.count()), labels);
}

}  // namespace

void export_waiting_orders(host::Host& host) {
  host.export_metrics([&host](telemetry::Exposition& metrics) {
    host.read([&](storage::Session session) {
      OrderStore orders(session);
      const core::Timestamp now = host.clock().now();
      export_waiting(metrics, OrderStatus::pending, orders.pending(count_max), now);
      export_waiting(metrics, OrderStatus::processed, orders.to_be_canceled(count_max), now);
    });
  });
}

}  // namespace orderflow::orders
