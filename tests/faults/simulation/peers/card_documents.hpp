#pragma once

#include "faults/simulation/peers/card_books.hpp"
#include "outbound/http_request.hpp"

#include <nlohmann/json.hpp>

#include <cstddef>
#include <string_view>
#include <vector>

namespace orderflow::simulation {

/// A charge and a refund as the gateway shows them.
nlohmann::json shown(const CardBooks::Charge& charge);
nlohmann::json shown(const CardBooks::Refund& refund);

/// The page that begins at `from`, of what was found.
nlohmann::json page(const char* kind, const std::vector<nlohmann::json>& found, std::size_t from);

/// An answer of the gateway: what was asked for, or an error of this type and what else is known.
outbound::HttpAnswer answer(unsigned status, const nlohmann::json& document);
outbound::HttpAnswer error(unsigned status, std::string_view type, nlohmann::json more = {});
/// The parameter names something that is not in the books.
outbound::HttpAnswer no_such(const char* param);

}  // namespace orderflow::simulation
