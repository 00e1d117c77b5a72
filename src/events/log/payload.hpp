#pragma once

#include "core/json_text.hpp"

#include <nlohmann/json.hpp>

#include <string>

namespace orderflow::events {

/// An event's JSON, as it is stored and sent: by `core::JsonText` where its `to_json` is a template
/// over what it writes to, else by nlohmann's document, which takes ten times as long.
template <class E>
std::string payload_of(const E& event) {
  if constexpr (core::WritesJsonText<E>) {
    return core::JsonText::of(event);
  } else {
    return nlohmann::json(event).dump();
  }
}

}  // namespace orderflow::events
