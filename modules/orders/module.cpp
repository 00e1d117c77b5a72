#include "module.hpp"

#include "billing/contract/events.hpp"
#include "examine_orders.hpp"
#include "host/examination.hpp"
#include "host/host.hpp"
#include "orders/contract/events.hpp"
#include "routes.hpp"
#include "settings.hpp"
#include "settle_order.hpp"

#include <optional>

namespace orderflow::orders {
namespace {

class OrdersModule final : public host::Module {
 public:
  std::string_view name() const noexcept override { return "orders"; }

  void configure(const config::Section& section) override { settings_ = read_settings(section); }

  void describe(events::Catalog& catalog) const override {
    orders::describe_events(catalog);
    billing::describe_events(catalog);
  }

  void examine(host::Examination& examination) const override { examine_orders(examination); }

  void install(host::Host& host) override {
    host.subscribe(
        events::TransactionalSubscription{.name = "orders.settle",
                                          .module = {},
                                          .kinds = {std::string(billing::OrderProcessed::kind)},
                                          .handle = settle_order,
                                          .retry = {},
                                          .order = events::OrderPolicy::park});
    add_routes(host, *settings_);
  }

 private:
  std::optional<Settings> settings_;
};

}  // namespace

std::unique_ptr<host::Module> make_module() {
  return std::make_unique<OrdersModule>();
}

}  // namespace orderflow::orders
