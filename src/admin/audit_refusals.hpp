#pragma once

#include "host/host.hpp"

namespace orderflow::admin {

/// Every change that an administrator asks for and that is refused (a status from 400 to 499)
/// stands in the audit as "refused", with the route, the path and the status: on each route,
/// whether it is registered already or not. What is done is written down where it is done, in the
/// same commit. `services` outlive the router.
void audit_refusals(host::Services& services);

}  // namespace orderflow::admin
