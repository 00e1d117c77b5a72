#include "modules.hpp"

#include "billing/module.hpp"
#include "notifications/module.hpp"
#include "orders/module.hpp"
#include "users/module.hpp"

#include <array>

namespace orderflow::app {

std::vector<std::unique_ptr<host::Module>> make_modules() {
  constexpr std::array factories = {&orders::make_module, &billing::make_module,
                                    &notifications::make_module, &users::make_module};
  std::vector<std::unique_ptr<host::Module>> modules;
  for (const auto make : factories)
    modules.push_back(make());
  return modules;
}

events::Catalog catalog_of(const std::vector<std::unique_ptr<host::Module>>& modules) {
  events::Catalog catalog;
  for (const auto& module : modules)
    module->describe(catalog);
  return catalog;
}

}  // namespace orderflow::app
