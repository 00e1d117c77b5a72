#pragma once

#include "core/clock.hpp"
#include "core/field_error.hpp"
#include "orders/contract/order_id.hpp"

#include <boost/system/result.hpp>
#include <nlohmann/json.hpp>

#include <cstddef>
#include <optional>
#include <string>

namespace orderflow::orders {

/// What an operator wants driven on.
struct RedriveRequest {
  std::string module = "orders";                  ///< that may have missed something
  std::optional<OrderId> id = {};                 ///< this order alone
  std::optional<core::Duration> older_than = {};  ///< orders that wait for at least so long
  /// Of another module than orders: those placed since then, final or not.
  std::optional<core::Timestamp> since = {};
  // To continue, as the answer to the call before has them.
  std::optional<core::Timestamp> as_of = {};
  std::optional<OrderId> after = {};
};

/// Reads the body of a request.
boost::system::result<RedriveRequest, core::FieldErrors> parse_redrive_request(
    const nlohmann::json& body);

}  // namespace orderflow::orders
