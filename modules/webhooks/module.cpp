#include "module.hpp"

#include "billing/contract/events.hpp"
#include "check_webhooks.hpp"
#include "endpoint_cleanup.hpp"
#include "host/host.hpp"
#include "host/module_integrity.hpp"
#include "module_over_carrier.hpp"
#include "notifications/contract/events.hpp"
#include "orders/contract/events.hpp"
#include "public_kinds.hpp"
#include "routes.hpp"
#include "sending/sender.hpp"
#include "settings.hpp"
#include "subscription.hpp"

#include <optional>
#include <utility>

namespace orderflow::webhooks {
namespace {

/// The endpoints' own limits are below it; tests of endpoints come on top.
std::size_t connections_max(const Settings& settings) {
  return 2 * settings.in_flight_max + RouteServices::trials_max;
}

std::unique_ptr<Carrier> make_carrier(const Settings& settings) {
  return std::make_unique<HttpCarrier>(outbound::TransferOptions{
      .allowed_addresses = settings.allow_private ? outbound::AllowedAddresses::any
                                                  : outbound::AllowedAddresses::public_only,
      .ca_file = settings.ca_file,
      .connections_max = connections_max(settings)});
}

/// What lives from one installation to the next.
struct Parts {
  Parts(host::Host& host, const Settings& settings, Carrier* given, core::Random& chance,
        const events::Catalog& catalog)
      : own_carrier(given == nullptr ? make_carrier(settings) : nullptr),
        kinds(public_kinds(catalog)),
        cleanup(host, settings),
        sender({.host = host,
                .settings = settings,
                .kinds = kinds,
                .carrier = given == nullptr ? *own_carrier : *given,
                .cleanup = cleanup,
                .chance = chance}),
        routes{.host = host,
               .settings = settings,
               .kinds = kinds,
               .wakeup = sender,
               .reading = sender,
               .carrier = given == nullptr ? *own_carrier : *given} {}

  std::unique_ptr<Carrier> own_carrier;
  const std::set<std::string, std::less<>> kinds;
  EndpointCleanup cleanup;
  Sender sender;
  RouteServices routes;
};

class Webhooks final : public host::Module {
 public:
  /// Null: the network, and real chance.
  explicit Webhooks(Carrier* given = nullptr, core::Random* chance = nullptr)
      : given_(given),
        own_chance_(chance == nullptr ? core::make_system_random() : nullptr),
        chance_(chance == nullptr ? *own_chance_ : *chance) {}

  std::string_view name() const noexcept override { return "webhooks"; }

  void configure(const config::Section& settings) override {
    settings.also_at("notifications.webhooks");
    settings_ = read_settings(settings);
  }

  void describe(events::Catalog& catalog) const override {
    describe_events(catalog);
    for (const std::string& kind : public_kinds(own_catalog()))
      catalog.subscribe(name(), kind);
  }

  void check_integrity(host::ModuleIntegrity& integrity) const override {
    check_webhooks(integrity, own_catalog());
  }

  void install(host::Host& host) override {
    parts_.emplace(host, *settings_, given_, chance_, own_catalog());
    Parts& parts = *parts_;
    host.subscribe(events::FollowerSubscription{.name = std::string(subscription_name),
                                                .module = {},
                                                .kinds = {parts.kinds.begin(), parts.kinds.end()},
                                                .follower = &parts.sender});
    host.export_metrics(
        [&parts](telemetry::Exposition& metrics) { parts.sender.export_metrics(metrics); });
    host.background([&parts] { return parts.sender.begin(); });
    add_endpoint_routes(host, parts.routes);
    add_delivery_routes(host, parts.routes);
  }

  void drain() noexcept override {
    if (!parts_) return;
    parts_->sender.stop();
    parts_->cleanup.stop();
  }

  bool is_quiet() const noexcept override { return !parts_ || parts_->sender.is_quiet(); }

  void stop() noexcept override {
    if (parts_) parts_->own_carrier.reset();
  }

 private:
  static void describe_events(events::Catalog& catalog) {
    orders::describe_events(catalog);
    billing::describe_events(catalog);
    notifications::describe_events(catalog);
  }
  /// All that endpoints may be told.
  static events::Catalog own_catalog() {
    events::Catalog catalog;
    describe_events(catalog);
    return catalog;
  }

  Carrier* const given_;
  const std::unique_ptr<core::Random> own_chance_;
  core::Random& chance_;
  std::optional<Settings> settings_;
  std::optional<Parts> parts_;
};

}  // namespace

std::unique_ptr<host::Module> make_module() {
  return std::make_unique<Webhooks>();
}

std::unique_ptr<host::Module> make_module_over(Carrier& carrier, core::Random* chance) {
  return std::make_unique<Webhooks>(&carrier, chance);
}

}  // namespace orderflow::webhooks
