#pragma once

#include <nlohmann/json.hpp>

namespace orderflow::api_docs {

/// A document that is valid under a JSON Schema, put together from the examples of its parts: a
/// schema that has `examples` gives its first one, a `const` and the first of an `enum` stand for
/// themselves, objects have all their properties and arrays one element. References lead into
/// `document`. Throws `std::logic_error` for a part without an example.
nlohmann::ordered_json example_of(const nlohmann::ordered_json& document,
                                  const nlohmann::ordered_json& schema);

/// The part that `node` refers to, or `node` itself where it is no reference. Throws where that
/// part does not exist.
const nlohmann::ordered_json& resolve(const nlohmann::ordered_json& document,
                                      const nlohmann::ordered_json& node);

}  // namespace orderflow::api_docs
