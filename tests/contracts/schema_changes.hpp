#pragma once

#include <nlohmann/json.hpp>

#include <string>
#include <vector>

namespace orderflow::test {

/// What makes `current` another contract than `released`, two JSON Schemas of the same version of
/// an event. A field that may be left out may be added, and words for people may change; anything
/// else is listed, each with its pointer, and needs a new version and an upcaster from the old one.
std::vector<std::string> breaking_changes(const nlohmann::json& released,
                                          const nlohmann::json& current);

}  // namespace orderflow::test
