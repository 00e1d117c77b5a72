#pragma once

#include "core/field_error.hpp"
#include "core/uuid.hpp"
#include "http/message.hpp"

#include <cstddef>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

namespace orderflow::host {

/// The `limit` parameter of a list: 1 to `limit_max`, `limit_default` where it is not given. A bad
/// value adds to `errors`.
inline constexpr std::size_t limit_default = 50;
inline constexpr std::size_t limit_max = 500;
std::size_t page_limit(const http::Request& request, core::FieldErrors& errors);

/// The identifier (a UUID) in a query parameter, if it is given. `Id` is a strong
/// identifier over `core::Uuid`. A bad value adds to `errors`.
template <class Id>
std::optional<Id> id_parameter(const http::Request& request, std::string_view name,
                               core::FieldErrors& errors) {
  const auto text = request.query_value(name);
  if (!text) return std::nullopt;
  if (const auto id = core::Uuid::parse(*text)) return Id{*id};
  errors.push_back({std::string(name), "must be an identifier of 36 characters (a UUID)"});
  return std::nullopt;
}

/// Adds an error for every query parameter that is not in `known`, until `errors` is full.
void reject_unknown_parameters(const http::Request& request,
                               std::initializer_list<std::string_view> known,
                               core::FieldErrors& errors);

/// The answer to bad query parameters: 400, naming each.
http::Response bad_parameters(const http::Request& request, core::FieldErrors errors);

}  // namespace orderflow::host
