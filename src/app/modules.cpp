#include "app/modules.hpp"

#include "billing/module.hpp"
#include "event_api/event_routes.hpp"
#include "host/admin_scope.hpp"
#include "monitoring/metrics_routes.hpp"
#include "notifications/module.hpp"
#include "orders/module.hpp"
#include "users/module.hpp"
#include "webhooks/module.hpp"

#include <algorithm>
#include <array>

namespace orderflow::app {

std::vector<std::unique_ptr<host::Module>> make_modules() {
  constexpr std::array factories = {&orders::make_module, &billing::make_module,
                                    &notifications::make_module, &webhooks::make_module,
                                    &users::make_module};
  std::vector<std::unique_ptr<host::Module>> modules;
  for (const auto make : factories)
    modules.push_back(make());
  return modules;
}

access::ScopeCatalog all_scopes(const std::vector<std::unique_ptr<host::Module>>& modules) {
  access::ScopeCatalog scopes;
  for (const auto& module : modules)
    scopes.add(module->scopes());
  scopes.add(std::array{event_api::read_scope, monitoring::read_scope, host::admin_scope});
  return scopes;
}

std::vector<std::string> with_implied(std::vector<std::string> names) {
  const auto notifications = std::ranges::find(names, "notifications");
  if (notifications != names.end() && std::ranges::find(names, "webhooks") == names.end()) {
    names.insert(notifications + 1, "webhooks");
  }
  return names;
}

}  // namespace orderflow::app
