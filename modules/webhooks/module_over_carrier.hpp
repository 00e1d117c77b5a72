#pragma once

#include "core/random.hpp"
#include "host/module.hpp"
#include "sending/carrier.hpp"

#include <memory>

namespace orderflow::webhooks {

/// The module with what carries its requests in place of the network, and with what decides how
/// long retries wait, where that is not chance, for tests. All outlive the module.
std::unique_ptr<host::Module> make_module_over(Carrier& carrier, core::Random* chance = nullptr);

}  // namespace orderflow::webhooks
