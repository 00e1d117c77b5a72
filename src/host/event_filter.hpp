#pragma once

#include "events/log/catalog.hpp"
#include "http/message.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace orderflow::host {

/// What is wrong with a filter by kind; nothing where there are such events. Every module's kinds
/// count, hosted here or not: the log has them too.
std::optional<std::string> fault_of_kind(const events::Catalog& catalog, std::string_view kind);

/// The answer to a filter by a kind that there is not, which would find nothing for ever: 422.
http::Response unknown_kind(const http::Request& request, std::string fault);

/// The key that a filter asks for. Keys that are UUIDs, as those of orders, are kept in lower case.
std::string wanted_key(std::string_view text);

}  // namespace orderflow::host
