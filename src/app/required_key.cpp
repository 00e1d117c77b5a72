#include "app/required_key.hpp"

#include "monitoring/metrics_routes.hpp"

namespace orderflow::app {

void require_key(const Settings& settings, bool has_key) {
  if (has_key || exposure_of(settings.http.address) == access::Exposure::loopback) return;
  throw KeyMissing(
      "http.host: " + settings.http.address +
      " can be reached by others, and this node has no valid API key. Make one first:\n"
      "  orderflow keys create --name admin --scope admin --data " +
      settings.data_folder.string());
}

key_admin::FirstKeyScopes first_key_scopes(const access::ScopeCatalog& scopes) {
  return {.of_operator = scopes.select(scopes.names()).value(),
          .of_metrics = {monitoring::read_scope}};
}

}  // namespace orderflow::app
