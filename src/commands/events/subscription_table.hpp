#pragma once

#include <nlohmann/json.hpp>

#include <string>

namespace orderflow::commands {

/// The entries of `GET /v1/admin/subscriptions` as a table for standard output.
std::string subscription_table(const nlohmann::json& subscriptions);

/// The subscriptions that the node does not host, of the same list, as a table under a heading;
/// nothing where there is none.
std::string not_hosted_table(const nlohmann::json& answer);

/// `running`, `paused`, `rebuilding 40%`: the state of a subscription.
std::string subscription_state(const nlohmann::json& subscription);

/// The progress of a subscription's rebuild, in whole percent.
int rebuild_percent(const nlohmann::json& rebuild);

}  // namespace orderflow::commands
