#pragma once

#include "faults/findings.hpp"
#include "faults/simulation/peers/card_server.hpp"
#include "faults/simulation/simulation.hpp"
#include "faults/simulation/verdict/plain_database.hpp"
#include "faults/simulation/verdict/stored_orders.hpp"

namespace orderflow::simulation {

/// Compares our books with the gateway's, to the cent: order by order, and refund by refund.
/// `database` has the views of the invariants. `receives_gateway_events`: the gateway has sent the
/// node its events, so that the node should know what the shop has done by hand.
void judge_gateway(PlainDatabase& database, const StoredOrders& orders, const CardServer& card,
                   bool receives_gateway_events, test::Findings& findings, Tally& tally);

}  // namespace orderflow::simulation
