#pragma once

#include "delivery.hpp"
#include "endpoint/endpoint.hpp"
#include "endpoint/endpoint_json.hpp"
#include "events/turn/turn.hpp"
#include "routes.hpp"

#include <cstddef>
#include <optional>

namespace orderflow::webhooks {

/// What an owner does with endpoints and their deliveries, each in a turn of its own. Who sends
/// hears of it after the commit.

/// A new endpoint with a new secret: it gets what happens from now on. Nothing where there are too
/// many.
std::optional<Endpoint> add_endpoint(events::Turn& turn, const EndpointRequest& endpoint_request,
                                     RouteServices& services);

/// Nothing where there is no such endpoint, here and below. One that is enabled again gets what
/// happens from now on; one that wants other kinds, at the latest that.
std::optional<Endpoint> change_endpoint(events::Turn& turn, EndpointId id,
                                        const EndpointRequest& endpoint_request,
                                        RouteServices& services);

/// The one that is gone.
std::optional<Endpoint> delete_endpoint(events::Turn& turn, EndpointId id, RouteServices& services);

/// A new secret; for `overlap` the old one signs as well.
std::optional<Endpoint> rotate_secret(events::Turn& turn, EndpointId id, core::Duration overlap,
                                      RouteServices& services);

enum class Resending {
  begun,
  no_such_delivery,
  waits_anyway,  ///< it was not ended, or its cancellation has not ended
  disabled       ///< its endpoint gets nothing
};

/// Lets an ended delivery be sent again: a new round of attempts, under the same `webhook-id`.
/// `message` is what the log has of the event, if it still has it: one that was made is sent from
/// it.
Resending resend(events::Turn& turn, EndpointId id, events::Seq seq,
                 const std::optional<WebhookMessage>& message, RouteServices& services);

/// The same for those that have failed, the earliest first, at most `limit`; how many.
std::size_t resend_failed(events::Turn& turn, const Endpoint& endpoint, std::size_t limit,
                          RouteServices& services);

}  // namespace orderflow::webhooks
