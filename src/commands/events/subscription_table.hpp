#pragma once

#include <nlohmann/json.hpp>

#include <string>

namespace orderflow::commands {

/// The entries of `GET /v1/admin/subscriptions` as a table for standard output.
std::string subscription_table(const nlohmann::json& subscriptions);

/// What a list of subscriptions tells of those that the node does not host, as a table under a
/// heading; nothing where there is none.
std::string not_hosted_table(const nlohmann::json& answer);

/// `running`, `paused`, `rebuilding 40%`: what a subscription does.
std::string subscription_state(const nlohmann::json& subscription);

/// How far the rebuild that a subscription tells is, in whole percent.
int rebuild_percent(const nlohmann::json& rebuild);

}  // namespace orderflow::commands
