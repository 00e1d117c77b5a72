#pragma once

#include "api_docs/publication.hpp"
#include "core/scope.hpp"
#include "events/log/catalog.hpp"
#include "host/module.hpp"
#include "http/routing/router.hpp"
#include "rabbitmq/settings.hpp"

#include <memory>
#include <span>
#include <string>
#include <vector>

namespace orderflow::api_docs {

/// The documents of a node's interfaces, and the routes that serve them.
class Contracts {
 public:
  /// Registers `GET /openapi.json`, `GET /asyncapi.json` and the reference that is drawn from them,
  /// then describes all routes of `router` and all events; `broker` names the queues. Outlives the
  /// requests. Throws where a route has no description.
  Contracts(http::Router& router, const events::Catalog& catalog, const rabbitmq::Settings& broker);
  Contracts(const Contracts&) = delete;
  Contracts& operator=(const Contracts&) = delete;

 private:
  Publication openapi_;
  Publication asyncapi_;
};

/// The OpenAPI document of every route that this program can serve, as text; `scopes` are all that
/// there are.
std::string printed_openapi(const std::vector<std::unique_ptr<host::Module>>& modules,
                            std::span<const core::Scope> scopes);
/// The AsyncAPI document of every event under the settings by default, as text.
std::string printed_asyncapi(const std::vector<std::unique_ptr<host::Module>>& modules);

}  // namespace orderflow::api_docs
