#pragma once

#include "api_docs/api_descriptions.hpp"
#include "core/scope.hpp"
#include "events/log/catalog.hpp"
#include "http/routing/router.hpp"

#include <nlohmann/json.hpp>

#include <span>
#include <vector>

namespace orderflow::api_docs {

/// The OpenAPI 3.1 document of everything that is described: what this program can serve. What all
/// operations share is added here: the correlation headers, the answers of the server itself, an
/// example for every body. Event schemas are those of `catalog`. Throws `std::logic_error` where a
/// description names none of `scopes`.
nlohmann::ordered_json openapi_document(const ApiDescriptions& descriptions,
                                        const events::Catalog& catalog,
                                        std::span<const core::Scope> scopes);

/// The same for the routes that are registered, which determine what an operation needs. Those
/// without a description are listed in its member `x-undescribed`, which a sound build does not
/// have.
nlohmann::ordered_json openapi_document(const ApiDescriptions& descriptions,
                                        const events::Catalog& catalog,
                                        const std::vector<http::Router::Route>& routes);

}  // namespace orderflow::api_docs
