#pragma once

#include "events/log/catalog.hpp"
#include "host/module_integrity.hpp"

namespace orderflow::webhooks {

/// Adds the checks of the webhooks' rows: that they belong together, that nothing is parked behind
/// nothing, and that each event has a row for every endpoint that wanted it, as far as that can
/// still be told.
void check_webhooks(host::ModuleIntegrity& integrity, const events::Catalog& catalog);

}  // namespace orderflow::webhooks
