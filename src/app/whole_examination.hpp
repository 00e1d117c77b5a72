#pragma once

#include "events/examination.hpp"
#include "storage/checkup.hpp"

#include <string>
#include <vector>

namespace orderflow::app {

/// Adds what no module can see alone: orders against payments, and whether every order that is not
/// final is waited on by somebody. `owners` have tables in the database.
void examine_whole(storage::Connection& connection, const std::vector<std::string>& owners,
                   events::Examination& events, storage::Checkup& checkup);

}  // namespace orderflow::app
