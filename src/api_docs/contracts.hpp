#pragma once

#include "api_docs/publication.hpp"
#include "events/log/catalog.hpp"
#include "host/module.hpp"
#include "http/router.hpp"
#include "rabbitmq/settings.hpp"

#include <memory>
#include <string>
#include <vector>

namespace orderflow::api_docs {

/// The documents of a node's interfaces. Made once, when all routes are registered.
struct Contracts {
  Publication openapi;
  Publication asyncapi;
};
/// Of the registered routes and events; `broker` names the queues.
Contracts contracts_of(const http::Router& router, const events::Catalog& catalog,
                       const rabbitmq::Settings& broker);

/// Registers `GET /openapi.json` and `GET /asyncapi.json`. `contracts` outlives the router and is
/// filled before the first request.
void add_contract_routes(http::Router& router, const Contracts& contracts);

/// The OpenAPI document of every route that this program can serve, as text.
std::string printed_openapi(const std::vector<std::unique_ptr<host::Module>>& modules);
/// The AsyncAPI document of every event under the settings by default, as text.
std::string printed_asyncapi(const std::vector<std::unique_ptr<host::Module>>& modules);

}  // namespace orderflow::api_docs
