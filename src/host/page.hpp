#pragma once

#include "core/field_error.hpp"
#include "core/strong.hpp"
#include "core/uuid.hpp"
#include "http/message/message.hpp"

#include <nlohmann/json.hpp>

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace orderflow::host {

/// The `limit` parameter of a list: 1 to `limit_max`, `limit_default` where it is not given. A bad
/// value adds to `errors`.
inline constexpr std::size_t limit_default = 50;
inline constexpr std::size_t limit_max = 500;
std::size_t page_limit(const http::Request& request, core::FieldErrors& errors);

/// What a list route is asked for: up to `limit` entries, behind the last one of the page before.
template <class Id>
struct PageRequest {
  std::size_t limit = limit_default;
  std::optional<Id> after = {};
};

/// A page of a list.
template <class Entry, class Id>
struct Page {
  std::vector<Entry> entries = {};
  std::optional<Id> next = {};  ///< to continue after; nothing: that was all
};

/// A page of entries that were read in order, one more than `limit` where there are more.
template <class Id, class Entry>
Page<Entry, Id> page_of(std::vector<Entry> found, std::size_t limit) {
  Page<Entry, Id> page{.entries = std::move(found)};
  if (page.entries.size() <= limit) return page;
  page.entries.erase(page.entries.begin() + static_cast<std::ptrdiff_t>(limit), page.entries.end());
  page.next = page.entries.back().id;
  return page;
}

/// What the identifiers of a page that descends are less than: the last one of the page before, or,
/// on the first page, what is behind every identifier of version 7.
template <class Id>
core::Uuid id_before(const std::optional<Id>& after) {
  if (after) return after->value();
  core::Uuid last;
  last.bytes.fill(0xff);
  return last;
}

/// The identifier in a request's path; nothing where it is no UUID, and so names nothing.
template <class Id>
std::optional<Id> path_id(const http::Request& request, std::string_view name = "id") {
  const auto id = core::Uuid::parse(request.path_value(name));
  return id ? std::optional(Id{*id}) : std::nullopt;
}

/// The identifier (a UUID) that a query parameter gives, if it is given. `Id` is a strong
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

/// The `limit` and `after` parameters of a list whose entries have identifiers.
template <class Id>
PageRequest<Id> page_request(const http::Request& request, core::FieldErrors& errors) {
  const auto after = id_parameter<Id>(request, "after", errors);
  return {.limit = page_limit(request, errors), .after = after};
}

/// An identifier, or a number in the log, as `next` shows it and `after` takes it.
inline std::string to_text(const core::Uuid& id) {
  return id.to_string();
}
inline std::string to_text(std::int64_t number) {
  return std::to_string(number);
}
template <class Tag, class Rep>
std::string to_text(const core::Strong<Tag, Rep>& id) {
  return to_text(id.value());
}

/// The answer of a list route: the entries, as they are shown, under `name`, and `next`, as the
/// next request's `after` takes it, or null.
http::Response page_response(const char* name, nlohmann::json entries,
                             std::optional<std::string> next);
template <class Id>
http::Response page_response(const char* name, nlohmann::json entries,
                             const std::optional<Id>& next) {
  std::optional<std::string> text;
  if (next) text = to_text(*next);
  return page_response(name, std::move(entries), std::move(text));
}

/// The same of a page, each of whose entries is shown by `shown(entry)`.
template <class Entry, class Id, class Shown>
http::Response page_response(const char* name, const Page<Entry, Id>& page, Shown shown) {
  nlohmann::json entries = nlohmann::json::array();
  for (const Entry& entry : page.entries)
    entries.push_back(shown(entry));
  return page_response(name, std::move(entries), page.next);
}

/// Adds an error for every query parameter that is not in `known`, until `errors` is full.
void reject_unknown_parameters(const http::Request& request,
                               std::initializer_list<std::string_view> known,
                               core::FieldErrors& errors);

/// The answer to bad query parameters: 400, naming each.
http::Response bad_parameters(const http::Request& request, core::FieldErrors errors);

}  // namespace orderflow::host
