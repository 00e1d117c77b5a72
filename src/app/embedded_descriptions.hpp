#pragma once

#include <string_view>
#include <vector>

namespace orderflow::app {

/// A file that describes a contract, as it stood in the sources when this was built.
struct EmbeddedDescription {
  std::string_view path;  ///< "modules/orders/orders.openapi.json"
  std::string_view text;
};

/// The descriptions of routes (`*.openapi.json`, beside the routes), what all events share
/// (`*.asyncapi.json`) and the examples of events
/// (`<kind>.v<version>.example.json`, beside their schemas), in the order of their paths.
std::vector<EmbeddedDescription> embedded_descriptions();

}  // namespace orderflow::app
