#include "module.hpp"

#include "billing/contract/events.hpp"
#include "check_orders.hpp"
#include "host/host.hpp"
#include "host/module_integrity.hpp"
#include "idempotency_store.hpp"
#include "order_metrics.hpp"
#include "order_waiters.hpp"
#include "orders/contract/events.hpp"
#include "orders/contract/scopes.hpp"
#include "redriving/redrive_pass.hpp"
#include "redriving/redrive_routes.hpp"
#include "routes.hpp"
#include "settings.hpp"
#include "settle_order.hpp"
#include "withdraw_cancellation.hpp"

#include <array>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>

namespace orderflow::orders {
namespace {

constexpr std::array owned_scopes{read_scope, write_scope};

constexpr std::array subscribed_kinds{billing::OrderProcessed::kind, billing::PaymentRefunded::kind,
                                      billing::PaymentRefundAbandoned::kind};

class OrdersModule final : public host::Module {
 public:
  std::string_view name() const noexcept override { return "orders"; }

  void configure(const config::Section& section) override { settings_ = read_settings(section); }

  void describe(events::Catalog& catalog) const override {
    orders::describe_events(catalog);
    billing::describe_events(catalog);
    // The order's row is on the node that took the order.
    for (const auto kind : subscribed_kinds)
      catalog.subscribe(name(), kind, events::Distribution::home_node);
  }

  std::span<const core::Scope> scopes() const noexcept override { return owned_scopes; }

  void check_integrity(host::ModuleIntegrity& integrity) const override { check_orders(integrity); }

  const host::OrderExport* order_export() const noexcept override { return &orders_export(); }

  void install(host::Host& host) override {
    waiters_ = std::make_unique<OrderWaiters>(host.timers(), host.clock(), settings_->waiters_max);
    events::TransactionalSubscription settle;
    settle.name = "orders.settle";
    settle.kinds = {subscribed_kinds.begin(), subscribed_kinds.end()};
    settle.order = events::OrderPolicy::park;
    settle.handle = [this](const events::Event& event, events::Turn& turn) {
      if (event.kind() == billing::PaymentRefundAbandoned::kind) {
        withdraw_cancellation(event, turn, *waiters_);
      } else {
        settle_order(event, turn, *waiters_);
      }
    };
    host.subscribe(std::move(settle));
    ages_ = std::make_unique<host::KeyAges>(host.clock(), IdempotencyStore::marks,
                                            settings_->idempotency_keep_for);
    const RouteServices services{
        .host = host, .settings = *settings_, .waiters = *waiters_, .ages = *ages_};
    add_reading_routes(host, services);
    add_changing_routes(host, services);
    add_redrive_routes(host, *settings_);
    redrives_ = std::make_unique<RedrivePass>(host, settings_->redrive_after);
    host.background([this] { return redrives_->run(); });
    export_waiting_orders(host);
  }

  void drain() noexcept override {
    if (waiters_) waiters_->release();
    if (redrives_) redrives_->stop();
  }

  void stop() noexcept override { drain(); }

 private:
  std::optional<Settings> settings_;
  std::unique_ptr<OrderWaiters> waiters_;
  std::unique_ptr<host::KeyAges> ages_;
  std::unique_ptr<RedrivePass> redrives_;
};

}  // namespace

std::unique_ptr<host::Module> make_module() {
  return std::make_unique<OrdersModule>();
}

}  // namespace orderflow::orders
