#pragma once

#include "app/admin_api.hpp"

namespace orderflow::app {

/// Registers `/v1/admin/subscriptions`: how each stands, and to pause, resume and rebuild it.
void add_subscription_routes(AdminApi& admin);

}  // namespace orderflow::app
