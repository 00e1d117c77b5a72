#pragma once

#include <string>
#include <string_view>

namespace orderflow::billing {

/// The idempotency key that an order is charged under: "<order>:1". Another payment method is
/// charged under the next one, "<order>:2", and so on.
std::string first_gateway_key(std::string_view order_id);

/// The key after `key`.
std::string next_gateway_key(std::string_view key);

/// Whether `key` is one that comes after `earlier`, of the same order.
bool is_later_gateway_key(std::string_view key, std::string_view earlier) noexcept;

}  // namespace orderflow::billing
