#pragma once

#include "host/module.hpp"

#include <memory>

namespace orderflow::users {

/// The module that keeps each user's statistics, a projection of the log.
std::unique_ptr<host::Module> make_module();

}  // namespace orderflow::users
