#pragma once

#include "cli/terminal/table.hpp"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace orderflow::commands {

/// A member of a document as text for people: nothing for one that is not there or null.
std::string text_at(const nlohmann::json& document, const std::string& name);

std::int64_t number_at(const nlohmann::json& document, const std::string& name);

/// `19.99 EUR`; the plain number where the currency is not known.
std::string money_text(std::int64_t amount, const std::string& currency);

/// `2026-03-01 12:30:00` of an RFC 3339 time in UTC; other text as it is.
std::string time_text(const std::string& rfc3339);

/// `3 d 4 h`, `12 min`, `0.4 s`.
std::string duration_text(double seconds);

/// `1.2 MiB`.
std::string bytes_text(std::uint64_t bytes);

/// The status of an order or a payment in the colour of its meaning.
cli::Cell status_cell(const std::string& status);

/// A count that should be 0, in `tone` where it is not.
cli::Cell count_cell(std::int64_t count, cli::Tone tone);

}  // namespace orderflow::commands
