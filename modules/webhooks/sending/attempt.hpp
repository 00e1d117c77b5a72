#pragma once

#include "core/random.hpp"
#include "host/host.hpp"
#include "sending/carrier.hpp"
#include "sending/endpoint_scheduler.hpp"
#include "sending/journal.hpp"
#include "settings.hpp"

#include <boost/asio/awaitable.hpp>

namespace orderflow::webhooks {

/// A request under way.
struct Sending {
  EndpointScheduler::RequestNumber request_number;
  Endpoint endpoint;
  Delivery delivery;
  MessagePtr message;
  bool is_new;  ///< without a row
};

/// What an attempt needs; all of it outlives the attempt.
struct AttemptServices {
  const host::Host& host;
  const Settings& settings;
  Carrier& carrier;
  core::Random& chance;
};

/// Sends a message to its endpoint once, and judges the answer. Whatever goes wrong on the way is a
/// failed attempt.
boost::asio::awaitable<Entry> attempt(AttemptServices with, Sending sending);

}  // namespace orderflow::webhooks
