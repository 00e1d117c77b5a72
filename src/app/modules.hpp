#pragma once

#include "events/catalog.hpp"
#include "host/module.hpp"

#include <memory>
#include <vector>

namespace orderflow::app {

/// One of every module there is, in the order of the flow.
std::vector<std::unique_ptr<host::Module>> make_modules();

/// What they say and hear.
events::Catalog catalog_of(const std::vector<std::unique_ptr<host::Module>>& modules);

}  // namespace orderflow::app
