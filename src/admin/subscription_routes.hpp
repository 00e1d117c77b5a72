#pragma once

#include "admin/admin_api.hpp"

namespace orderflow::admin {

/// Registers `/v1/admin/subscriptions`: how each stands, and to pause, resume and rebuild it.
void add_subscription_routes(AdminApi& admin);

}  // namespace orderflow::admin
