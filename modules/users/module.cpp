#include "module.hpp"

#include "billing/contract/events.hpp"
#include "count_orders.hpp"
#include "examine_statistics.hpp"
#include "host/examination.hpp"
#include "host/host.hpp"
#include "orders/contract/events.hpp"
#include "routes.hpp"

namespace orderflow::users {
namespace {

class UsersModule final : public host::Module {
 public:
  std::string_view name() const noexcept override { return "users"; }

  void configure(const config::Section&) override {}

  void describe(events::Catalog& catalog) const override {
    orders::describe_events(catalog);
    billing::describe_events(catalog);
  }

  void examine(host::Examination& examination) const override { examine_statistics(examination); }

  void install(host::Host& host) override {
    host.subscribe(
        events::TransactionalSubscription{.name = "users.statistics",
                                          .module = {},
                                          .kinds = {std::string(orders::OrderCreated::kind),
                                                    std::string(billing::OrderProcessed::kind)},
                                          .handle = count_order,
                                          .retry = {},
                                          .order = events::OrderPolicy::park});
    add_routes(host);
  }
};

}  // namespace

std::unique_ptr<host::Module> make_module() {
  return std::make_unique<UsersModule>();
}

}  // namespace orderflow::users
