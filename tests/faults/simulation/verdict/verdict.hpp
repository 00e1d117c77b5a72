#pragma once

#include "events/log/event.hpp"
#include "faults/findings.hpp"
#include "faults/simulation/people/clients.hpp"
#include "faults/simulation/people/operators.hpp"
#include "faults/simulation/simulated_node.hpp"
#include "faults/simulation/simulation.hpp"

#include <filesystem>
#include <map>
#include <string>

namespace orderflow::simulation {

/// Events that a live reader was given: position and identifier.
using SeenEvents = std::map<std::int64_t, std::string>;

/// Compares the database of a node at rest with what its clients, the gateway and the post office
/// know. By plain SQL, independent of the node's own code.
void judge(const std::filesystem::path& database, const Clients& clients,
           const Operators& operators, const World& world, const SeenEvents& seen,
           test::Findings& findings, Tally& tally);

}  // namespace orderflow::simulation
