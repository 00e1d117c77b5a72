#pragma once

#include "events/examination.hpp"
#include "storage/checkup.hpp"

#include <set>
#include <string>

namespace orderflow::app {

/// Adds what no module can see alone: orders against payments, and whether every order that is not
/// final is waited on by somebody; of the orders of the examination's scope. `owners` have tables
/// in the database.
void examine_whole(storage::Connection& connection, const std::set<std::string>& owners,
                   events::Examination& events, storage::Checkup& checkup);

}  // namespace orderflow::app
