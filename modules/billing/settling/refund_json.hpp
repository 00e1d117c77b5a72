#pragma once

#include "books/refund.hpp"
#include "core/field_error.hpp"
#include "settling/request_refund.hpp"

#include <boost/system/result.hpp>
#include <nlohmann/json.hpp>

#include <string>

namespace orderflow::billing {

/// A refund as clients see it.
nlohmann::json to_json(const Refund& refund);

/// A document as the text of an answer.
std::string text_of(const nlohmann::json& document);

/// Reads `{"amount", "reason"}`, both optional, and names each field that is wrong.
boost::system::result<NewRefund, core::FieldErrors> parse_new_refund(const nlohmann::json& body);

}  // namespace orderflow::billing
