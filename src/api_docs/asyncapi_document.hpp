#pragma once

#include "api_docs/api_descriptions.hpp"
#include "events/log/catalog.hpp"
#include "rabbitmq/settings.hpp"

#include <nlohmann/json.hpp>

namespace orderflow::api_docs {

/// The AsyncAPI 3.0 document of every event in `catalog`: its message with schema and example, the
/// channels that it goes through on the broker and inside a node, and the operations of the modules
/// that publish and handle it. `broker` decides how exchange and queues are named and declared,
/// whether there is one or not.
nlohmann::ordered_json asyncapi_document(const ApiDescriptions& descriptions,
                                         const events::Catalog& catalog,
                                         const rabbitmq::Settings& broker);

}  // namespace orderflow::api_docs
