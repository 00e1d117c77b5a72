#pragma once

#include "events/log/catalog.hpp"
#include "http/message/message.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace orderflow::host {

/// The error of a filter by kind; nothing where there are such events. The kinds of every module
/// count, hosted here or not: the log has them too.
std::optional<std::string> fault_of_kind(const events::Catalog& catalog, std::string_view kind);

/// The answer to a filter by an unknown kind, which would never match: 422.
http::Response unknown_kind(const http::Request& request, std::string fault);

/// The key that a filter asks for. Keys that are UUIDs, as those of orders, are kept in lower case.
std::string wanted_key(std::string_view text);

}  // namespace orderflow::host
