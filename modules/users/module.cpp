#include "module.hpp"

#include "billing/contract/events.hpp"
#include "check_statistics.hpp"
#include "count_orders.hpp"
#include "host/host.hpp"
#include "host/module_integrity.hpp"
#include "orders/contract/events.hpp"
#include "routes.hpp"
#include "statistics_store.hpp"

#include <array>
#include <cstdint>
#include <string>
#include <utility>

namespace orderflow::users {
namespace {

constexpr std::array subscribed_kinds{orders::OrderCreated::kind, billing::OrderProcessed::kind,
                                      billing::PaymentRefunded::kind};

class UsersModule final : public host::Module {
 public:
  std::string_view name() const noexcept override { return "users"; }

  void configure(const config::Section&) override {}

  void describe(events::Catalog& catalog) const override {
    orders::describe_events(catalog);
    billing::describe_events(catalog);
    for (const auto kind : subscribed_kinds)
      catalog.subscribe(name(), kind);
  }

  void check_integrity(host::ModuleIntegrity& integrity) const override {
    check_statistics(integrity);
  }

  void install(host::Host& host) override {
    events::TransactionalSubscription statistics;
    statistics.name = "users.statistics";
    statistics.kinds = {subscribed_kinds.begin(), subscribed_kinds.end()};
    statistics.order = events::OrderPolicy::park;
    statistics.handle = count_order;
    statistics.projection = events::Projection{
        .swap = [](events::Turn& turn,
                   std::int64_t generation) { set_current_generation(turn.db(), generation); },
        .sweep = [](events::Turn& turn,
                    std::int64_t generation) { return sweep_generation(turn.db(), generation); }};
    host.subscribe(std::move(statistics));
    add_routes(host);
  }
};

}  // namespace

std::unique_ptr<host::Module> make_module() {
  return std::make_unique<UsersModule>();
}

}  // namespace orderflow::users
