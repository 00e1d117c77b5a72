#pragma once

#include "events/delivery/follower.hpp"
#include "host/host.hpp"
#include "sending/carrier.hpp"
#include "sending/wakeup.hpp"
#include "settings.hpp"

#include <atomic>
#include <cstddef>
#include <optional>
#include <set>
#include <string>

namespace orderflow::webhooks {

/// What the routes work with. All of it, and this, outlives them.
struct RouteServices {
  /// Trials of endpoints at a time; one more is refused.
  static constexpr int trials_max = 8;

  const host::Host& host;
  const Settings& settings;
  const std::set<std::string, std::less<>>& kinds;  ///< that an endpoint can ask for
  Wakeup& wakeup;
  const events::Follower& reading;  ///< how far all endpoints have come
  Carrier& carrier;
  std::atomic<int> trials = 0;
};

/// `POST|GET /v1/webhooks`, `GET|PATCH|DELETE /v1/webhooks/{id}`, and `POST` of its
/// `/rotate-secret` and `/test`.
void add_endpoint_routes(host::Host& host, RouteServices& services);

/// Under `/v1/webhooks/{id}`: `GET /deliveries`, `GET /deliveries/{sequence}`,
/// `POST /deliveries/{sequence}/resend` and `POST /resend-failed`.
void add_delivery_routes(host::Host& host, RouteServices& services);

/// The endpoint that the path names; nothing where there is none.
std::optional<EndpointId> endpoint_of(const http::Request& request);
http::Response no_such_endpoint(const http::Request& request);

}  // namespace orderflow::webhooks
