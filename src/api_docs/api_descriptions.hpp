#pragma once

#include "api_docs/embedded_texts.hpp"
#include "events/log/catalog.hpp"

#include <nlohmann/json.hpp>

#include <map>
#include <string>
#include <utility>
#include <vector>

namespace orderflow::api_docs {

/// The descriptions beside the routes and the events, put together. Of the routes it
/// holds parts of an OpenAPI document, in which an operation has two members of ours:
///
/// - `x-scope`: what an API key needs for it; null where none is needed, "" where any key will do;
/// - `x-problems`: those of its own among the `problems` (slug -> status, title, detail …).
///
/// Throws `std::logic_error` where two files describe the same, or one cannot be read.
struct ApiDescriptions {
  explicit ApiDescriptions(const std::vector<EmbeddedText>& files = embedded_descriptions());

  nlohmann::ordered_json tags = nlohmann::ordered_json::array();
  nlohmann::ordered_json paths = nlohmann::ordered_json::object();
  nlohmann::ordered_json components = nlohmann::ordered_json::object();
  nlohmann::ordered_json problems = nlohmann::ordered_json::object();
  nlohmann::ordered_json asyncapi = nlohmann::ordered_json::object();  ///< what all events share
  std::map<std::pair<std::string, int>, nlohmann::ordered_json> event_examples;  ///< of payloads

  /// The example of an event's payload; throws where there is none.
  const nlohmann::ordered_json& example_of_event(const events::EventType& type) const;
};

/// The name of an event type among the schemas of a document: "order.created.v1".
std::string schema_name(const events::EventType& type);

/// The schema of an event type, as it is inside a document.
nlohmann::ordered_json embedded_schema(const events::EventType& type);

}  // namespace orderflow::api_docs
