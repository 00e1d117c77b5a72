#pragma once

#include "access/scope_catalog.hpp"
#include "host/module.hpp"

#include <memory>
#include <string>
#include <vector>

namespace orderflow::app {

/// One of every module there is, in the order of the flow.
std::vector<std::unique_ptr<host::Module>> make_modules();

/// The scopes of the modules, and of what serves beside them: all that an API key may have.
access::ScopeCatalog all_scopes(const std::vector<std::unique_ptr<host::Module>>& modules);

/// A list of modules to host, and those that one of them implies: webhooks were once a part of
/// notifications, and lists from that time stay valid.
std::vector<std::string> with_implied(std::vector<std::string> names);

}  // namespace orderflow::app
