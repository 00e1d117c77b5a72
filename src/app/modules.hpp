#pragma once

#include "host/module.hpp"

#include <memory>
#include <string>
#include <vector>

namespace orderflow::app {

/// One of every module there is, in the order of the flow.
std::vector<std::unique_ptr<host::Module>> make_modules();

/// A list of modules to host, and those that one of them implies: webhooks were once a part of
/// notifications, and lists from that time stay valid.
std::vector<std::string> with_implied(std::vector<std::string> names);

}  // namespace orderflow::app
