#pragma once

#include "acceptance/support/orders.hpp"
#include "contract_client.hpp"

#include <filesystem>
#include <string>

namespace orderflow::test {

/// Walks over the routes of a node: each asks one part of the REST interface for what it gives and
/// for what it refuses, and the client compares every answer with the contract.
void walk_orders(ContractClient& client);
void walk_payments(ContractClient& client);
/// `data` is the node's data folder, where its mails are.
void walk_notifications(ContractClient& client, const std::filesystem::path& data);
void walk_webhooks(ContractClient& client);

void walk_events(ContractClient& client);
void walk_subscriptions(ContractClient& client);
void walk_dead_letters(ContractClient& client);
void walk_node(ContractClient& client);
void walk_page(ContractClient& client);
/// What the server itself refuses, on a route that stands for all.
void walk_refusals(ContractClient& client);

/// The id of nothing.
inline constexpr const char* nobody = "01900000-0000-7000-8000-ffffffffffff";

/// A subscription of which the node has a cursor and nothing else.
inline const std::string retired = "billing.retired";

inline nlohmann::json book(const std::string& user, const std::string& method = {}) {
  return order_of(user, 700, method);
}

inline std::string id_of(const HttpResponse& response) {
  return response.json().at("id");
}

}  // namespace orderflow::test
