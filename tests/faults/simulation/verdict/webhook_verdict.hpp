#pragma once

#include "faults/findings.hpp"
#include "faults/simulation/peers/webhook_receivers.hpp"
#include "faults/simulation/people/webhook_owners.hpp"
#include "faults/simulation/simulation.hpp"

#include <filesystem>

namespace orderflow::simulation {

/// Holds what has come to the webhooks' receivers against the log of a node at rest, and against
/// what their owners were shown. By plain SQL, independent of the node's own code.
void judge_webhooks(const std::filesystem::path& database, const WebhookOwners& owners,
                    const WebhookReceivers& receivers, test::Findings& findings, Tally& tally);

}  // namespace orderflow::simulation
