#pragma once

#include "api_descriptions.hpp"
#include "events/catalog.hpp"

#include <nlohmann/json.hpp>

namespace orderflow::app {

/// The AsyncAPI 3.0 document of every event in `catalog`: its message with schema and example, the
/// channels that it goes through on the broker and inside a node, and the operations of the modules
/// that say and hear it.
nlohmann::ordered_json asyncapi_document(const ApiDescriptions& descriptions,
                                         const events::Catalog& catalog);

}  // namespace orderflow::app
