#pragma once

#include "operator_desk.hpp"

namespace orderflow::app {

/// Registers `/v1/admin/subscriptions`: how each stands, and to pause, resume and rebuild it.
void add_subscription_routes(OperatorDesk& desk);

}  // namespace orderflow::app
