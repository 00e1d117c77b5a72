#pragma once

#include "gateway.hpp"
#include "host/module.hpp"

#include <memory>

namespace orderflow::billing {

/// The module with a gateway of the caller's in place of the one that the settings name, for tests.
/// The gateway outlives the module.
std::unique_ptr<host::Module> make_module_over(PaymentGateway& gateway);

}  // namespace orderflow::billing
