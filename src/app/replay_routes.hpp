#pragma once

#include "operator_desk.hpp"

namespace orderflow::app {

/// Registers the replay of all dead letters that match a filter, and how far each such run is.
void add_replay_routes(OperatorDesk& desk);

}  // namespace orderflow::app
