#pragma once

#include <string>
#include <vector>

namespace orderflow::events {

/// The JSON Schema of one event version: modules/<owner>/contract/<kind>.v<version>.schema.json.
struct EmbeddedSchema {
  std::string kind;
  int version;
  std::string text;
};

/// The schemas that were compiled into this program.
std::vector<EmbeddedSchema> embedded_schemas();

}  // namespace orderflow::events
