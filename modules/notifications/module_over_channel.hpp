#pragma once

#include "channel.hpp"
#include "core/random.hpp"
#include "host/module.hpp"

#include <memory>

namespace orderflow::notifications::webhooks {
class Carrier;
}

namespace orderflow::notifications {

/// The module with a channel of the caller's in place of the one that the settings name, for tests.
/// The channel outlives the module.
std::unique_ptr<host::Module> make_module_over(Channel& channel);

/// The same with what carries webhooks, and with what decides how long their retries wait, where
/// that is not chance; all outlive the module.
std::unique_ptr<host::Module> make_module_over(Channel& channel, webhooks::Carrier& carrier,
                                               core::Random* chance = nullptr);

}  // namespace orderflow::notifications
