#include "webhooks/webhooks.hpp"

#include "webhooks/announce.hpp"
#include "webhooks/audience.hpp"
#include "webhooks/delivery_store.hpp"
#include "webhooks/endpoint_store.hpp"
#include "webhooks/routes.hpp"
#include "webhooks/sender.hpp"
#include "webhooks/settings.hpp"
#include "webhooks/upkeep.hpp"

#include <utility>

namespace orderflow::notifications::webhooks {
namespace {

/// The endpoints' own limits are below it; tests of endpoints come on top.
std::size_t connections_max(const Settings& settings) {
  return 2 * settings.in_flight_max + RouteServices::trials_max;
}

std::unique_ptr<Carrier> make_carrier(const Settings& settings) {
  return std::make_unique<HttpCarrier>(outbound::TransferOptions{
      .reach = settings.allow_private ? outbound::Reach::anywhere : outbound::Reach::public_only,
      .ca_file = settings.ca_file,
      .connections_max = connections_max(settings)});
}

void load(const host::Host& host, Audience& audience) {
  host.read([&](storage::Session session) {
    DeliveryStore deliveries(session);
    for (const Endpoint& endpoint : EndpointStore(session).enabled()) {
      audience.load(endpoint, deliveries.count_waiting(endpoint.id, endpoint.canceled_to));
    }
  });
}

}  // namespace

std::set<std::string, std::less<>> public_kinds(const events::Catalog& catalog) {
  std::set<std::string, std::less<>> kinds;
  for (const events::EventType& type : catalog.types()) {
    if (type.visibility == events::Visibility::published) kinds.insert(type.kind);
  }
  return kinds;
}

/// What lives from one installation to the next.
struct Webhooks::Parts {
  Parts(host::Host& host, const Settings& settings, Carrier* given, core::Random& chance,
        const events::Catalog& catalog)
      : own_carrier(given == nullptr ? make_carrier(settings) : nullptr),
        kinds(public_kinds(catalog)),
        audience(kinds),
        upkeep(host, settings),
        sender({.host = host,
                .settings = settings,
                .carrier = given == nullptr ? *own_carrier : *given,
                .audience = audience,
                .upkeep = upkeep,
                .chance = chance}),
        announcer(settings, audience, sender),
        routes{.host = host,
               .settings = settings,
               .kinds = kinds,
               .audience = audience,
               .wakeup = sender,
               .carrier = given == nullptr ? *own_carrier : *given} {}

  std::unique_ptr<Carrier> own_carrier;
  const std::set<std::string, std::less<>> kinds;
  Audience audience;
  Upkeep upkeep;
  Sender sender;
  Announcer announcer;
  RouteServices routes;
};

Webhooks::Webhooks(Carrier* given, core::Random* chance)
    : given_(given),
      own_chance_(chance == nullptr ? core::make_system_random() : nullptr),
      chance_(chance == nullptr ? *own_chance_ : *chance) {}
Webhooks::~Webhooks() = default;

void Webhooks::configure(const config::Section& section) {
  settings_ = read_settings(section);
}

void Webhooks::install(host::Host& host, const events::Catalog& catalog) {
  parts_ = std::make_unique<Parts>(host, *settings_, given_, chance_, catalog);
  Parts& parts = *parts_;
  load(host, parts.audience);

  events::TransactionalSubscription subscription;
  subscription.name = webhooks_subscription;
  subscription.kinds = {parts.kinds.begin(), parts.kinds.end()};
  subscription.handle = [&parts](const events::Event& event, events::Turn& turn) {
    parts.announcer.handle(event, turn);
  };
  host.subscribe(std::move(subscription));
  host.figures([&parts](telemetry::Exposition& told) { parts.sender.tell(told); });
  host.background([&parts] { return parts.sender.begin(); });
  add_endpoint_routes(host, parts.routes);
  add_delivery_routes(host, parts.routes);
}

void Webhooks::drain() noexcept {
  if (!parts_) return;
  parts_->sender.stop();
  parts_->upkeep.stop();
}

bool Webhooks::is_quiet() const noexcept {
  return !parts_ || parts_->sender.is_quiet();
}

void Webhooks::stop() noexcept {
  if (parts_) parts_->own_carrier.reset();
}

}  // namespace orderflow::notifications::webhooks
