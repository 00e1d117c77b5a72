#pragma once

#include "core/field_error.hpp"
#include "order.hpp"

#include <boost/system/result.hpp>
#include <nlohmann/json.hpp>

namespace orderflow::orders {

/// Reads and validates the body of `POST /v1/orders`: 1 to 100 items; quantity 1 to 10,000; ids 1
/// to 128 visible characters; price a whole number of the minor unit, 0 to `core::amount_max`; a
/// currency in use
/// (`default_currency` where none is given); an e-mail address where one is given; no unknown
/// field; the sum is no more than `core::amount_max` and equals `totalAmount` where that is given.
/// All faults are told at once, up to a hundred.
boost::system::result<OrderDetails, core::FieldErrors> parse_order_details(
    const nlohmann::json& body, core::Currency default_currency);

/// Reads and validates the body of `POST /v1/orders/{id}/cancel`, which may give a `reason`, a text
/// of 1 to 256 bytes without control characters; the reason, empty where none is given.
boost::system::result<std::string, core::FieldErrors> parse_cancellation(
    const nlohmann::json& body);

/// The order as the API shows it.
nlohmann::json to_json(const Order& order);

}  // namespace orderflow::orders
