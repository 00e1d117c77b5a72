#include "host/module.hpp"

namespace orderflow::host {

events::Catalog catalog_of(const std::vector<std::unique_ptr<Module>>& modules) {
  events::Catalog catalog;
  for (const auto& module : modules)
    module->describe(catalog);
  return catalog;
}

}  // namespace orderflow::host
