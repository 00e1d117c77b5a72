#pragma once

#include <string_view>
#include <vector>

namespace orderflow::api_docs {

/// A file of the sources, as it was when this was built.
struct EmbeddedText {
  std::string_view path;  ///< "modules/orders/orders.openapi.json"
  std::string_view text;
};

/// The descriptions of routes (`*.openapi.json`, beside the routes), what all events share
/// (`*.asyncapi.json`) and the examples of events (`<kind>.v<version>.example.json`, beside their
/// schemas), in the order of their paths.
std::vector<EmbeddedText> embedded_descriptions();

/// The files of the reference page.
std::vector<EmbeddedText> embedded_pages();

}  // namespace orderflow::api_docs
