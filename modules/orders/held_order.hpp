#pragma once

#include "http/message/message.hpp"
#include "order.hpp"
#include "routes.hpp"

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <optional>

namespace orderflow::orders {

/// An order for an answer that may have been held back until it was settled.
struct HeldOrder {
  std::optional<Order> order;                   ///< as it is now; nothing where there is none
  std::optional<std::chrono::seconds> applied;  ///< the wait that was granted, if one was
};

/// Waits until the order is settled, or as long as the request's `Prefer: wait=N` says; gives it as
/// it is then, and at once where its client ends the connection. Nothing is waited for or applied
/// where the request has no such preference, or as many are held as may be: gives `known` then, or
/// reads the order where that is nothing. `services` and `request` outlive the call.
boost::asio::awaitable<HeldOrder> wait_until_settled(const RouteServices& services,
                                                     const http::Request& request, OrderId id,
                                                     std::optional<Order> known = std::nullopt);

/// Tells the client what was applied of its preference.
void mark_held(http::Response& response, const HeldOrder& held);

}  // namespace orderflow::orders
