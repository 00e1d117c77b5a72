#pragma once

#include "admin/admin_api.hpp"

namespace orderflow::admin {

/// Registers `/v1/admin/subscriptions`: their state, and how to pause, resume and rebuild them.
void add_subscription_routes(AdminApi& admin);

}  // namespace orderflow::admin
