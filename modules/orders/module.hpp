#pragma once

#include "host/module.hpp"

#include <memory>

namespace orderflow::orders {

/// The module that takes orders and knows their status.
std::unique_ptr<host::Module> make_module();

}  // namespace orderflow::orders
