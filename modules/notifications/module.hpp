#pragma once

#include "host/module.hpp"

#include <memory>

namespace orderflow::notifications {

/// Confirms orders to their buyers and tells them the outcome, by e-mail.
std::unique_ptr<host::Module> make_module();

}  // namespace orderflow::notifications
