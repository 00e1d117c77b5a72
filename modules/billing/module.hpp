#pragma once

#include "host/module.hpp"

#include <memory>

namespace orderflow::billing {

/// Judges new orders by the fraud rules, charges them and says how that went.
std::unique_ptr<host::Module> make_module();

}  // namespace orderflow::billing
