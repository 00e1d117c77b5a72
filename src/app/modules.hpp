#pragma once

#include "host/module.hpp"

#include <memory>
#include <vector>

namespace orderflow::app {

/// One of every module there is, in the order of the flow.
std::vector<std::unique_ptr<host::Module>> make_modules();

}  // namespace orderflow::app
