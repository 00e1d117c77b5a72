#pragma once

#include "core/money.hpp"
#include "core/strong.hpp"
#include "core/uuid.hpp"

#include <nlohmann/json.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace orderflow::core {

/// Identifiers and amounts in the JSON of events. They are read here, at the border, so that no
/// handler parses text: a payload that holds anything else has no body.

/// An identifier as events hold it.
template <class Tag>
std::string text_of(const Strong<Tag, Uuid>& id) {
  return id.value().to_string();
}

/// Throws `nlohmann::json::exception` where it is no text, `std::invalid_argument` where it is no
/// UUID.
void from_json(const nlohmann::json& json, Uuid& id);

template <class Tag, class Rep>
void from_json(const nlohmann::json& json, Strong<Tag, Rep>& value) {
  value = Strong<Tag, Rep>{json.get<Rep>()};
}

/// The identifier in a member that may be missing. Nothing too where it is no UUID: other systems
/// may publish events of the same kind and name what is theirs in their own way.
template <class Id>
std::optional<Id> optional_id(const nlohmann::json& object, const char* member) {
  const auto found = object.find(member);
  if (found == object.end() || !found->is_string()) return std::nullopt;
  const auto id = Uuid::parse(found->get_ref<const std::string&>());
  return id ? std::optional(Id{*id}) : std::nullopt;
}

/// The currency of an object's amounts, in its member `currency`. Throws as `Uuid`'s does.
Currency currency_in(const nlohmann::json& object);

/// An amount in the minor unit, in a member of any name, and its currency in `currency`.
inline Money money_in(const nlohmann::json& object, const char* amount) {
  return {object.at(amount).get<std::int64_t>(), currency_in(object)};
}

}  // namespace orderflow::core
