#pragma once

#include "operator_desk.hpp"

namespace orderflow::app {

/// Registers `/v1/admin/dead-letters`: to list, inspect, replay (for real or dry, as it is or
/// edited) and discard each.
void add_dead_letter_routes(OperatorDesk& desk);

}  // namespace orderflow::app
