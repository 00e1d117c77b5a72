#pragma once

#include "host/host.hpp"

namespace orderflow::admin {

/// From now on every change that an administrator asks for and that is refused (a status from 400
/// to 499) stands in the audit as "refused", with the route, the path and the status. What is done
/// is written down where it is done, in the same commit. To be called when all routes are there;
/// `services` outlive the router.
void audit_refusals(host::Services& services);

}  // namespace orderflow::admin
