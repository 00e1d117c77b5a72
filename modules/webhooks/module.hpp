#pragma once

#include "host/module.hpp"

#include <memory>

namespace orderflow::webhooks {

/// Tells endpoints of others about events, as Standard Webhooks says (docs/webhooks.md).
std::unique_ptr<host::Module> make_module();

}  // namespace orderflow::webhooks
