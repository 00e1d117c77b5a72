#pragma once

#include <nlohmann/json.hpp>

#include <string>

namespace orderflow::commands {

/// An order of `/v1/orders` for people.
std::string order_facts(const nlohmann::json& order);

/// The entries of `GET /v1/orders` as a table.
std::string order_table(const nlohmann::json& orders);

/// What happened to an order: the events of `GET /v1/orders/{id}/timeline` and what holds it up.
std::string timeline_text(const nlohmann::json& timeline);

/// A refund of `/v1/payments/{id}/refunds`.
std::string refund_facts(const nlohmann::json& refund);

}  // namespace orderflow::commands
