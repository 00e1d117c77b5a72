#pragma once

#include "host/module.hpp"
#include "notification/channel.hpp"

#include <memory>

namespace orderflow::notifications {

/// The module with a channel of the caller's in place of the one that the settings name, for tests.
/// The channel outlives the module.
std::unique_ptr<host::Module> make_module_over(Channel& channel);

}  // namespace orderflow::notifications
