#pragma once

#include "core/trace_context.hpp"
#include "endpoint/endpoint.hpp"
#include "routes.hpp"

#include <boost/asio/awaitable.hpp>

#include <optional>
#include <string>

namespace orderflow::webhooks {

/// How an endpoint took a message that is about no event.
struct Trial {
  std::string webhook_id;
  std::optional<unsigned> status{};
  core::Duration duration{};
  std::string error{};  ///< empty where it was accepted
};

/// Sends such a message to an endpoint, enabled or not, once. Nothing of it is kept. Throws
/// `http::Unavailable` where too many are under way. The arguments outlive the call.
boost::asio::awaitable<Trial> try_out(RouteServices& services, const Endpoint& endpoint,
                                      const core::TraceContext& trace);

}  // namespace orderflow::webhooks
