#include "settling/refund_json.hpp"

#include "books/shown_state.hpp"
#include "core/money.hpp"
#include "host/object_reader.hpp"

#include <utility>

namespace orderflow::billing {

nlohmann::json to_json(const Refund& refund) {
  nlohmann::json document = {{"id", refund.id.value().to_string()},
                             {"paymentId", refund.payment_id.value().to_string()},
                             {"orderId", refund.order_id.value().to_string()},
                             {"amount", refund.amount.amount},
                             {"currency", refund.amount.currency.code()},
                             {"status", shown(to_string(refund.state))},
                             {"origin", to_string(refund.origin)},
                             {"gatewayKey", refund.gateway_key},
                             {"attempts", refund.attempts},
                             {"createdAt", core::to_rfc3339(refund.created_at)},
                             {"updatedAt", core::to_rfc3339(refund.updated_at)}};
  const auto add = [&](const char* name, const std::string& text) {
    if (!text.empty()) document[name] = text;
  };
  add("reason", refund.reason);
  add("gatewayReference", refund.gateway_reference);
  add("lastError", refund.last_error);
  return document;
}

std::string text_of(const nlohmann::json& document) {
  return document.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

boost::system::result<NewRefund, core::FieldErrors> parse_new_refund(const nlohmann::json& body) {
  core::FieldErrors errors;
  if (!body.is_object()) {
    errors.push_back({"", "must be an object, which may have an amount and a reason"});
    return errors;
  }
  host::ObjectReader reader(body, "", errors);
  reader.reject_unknown({"amount", "reason"});
  NewRefund new_refund;
  new_refund.amount =
      reader.whole_number("amount", false, 1, core::amount_max,
                          "must be a whole number of the currency's minor unit, 1 to "
                          "9007199254740991: 1999 is 19.99 EUR; without it all that is "
                          "left goes back");
  new_refund.reason = reader.optional_text("reason");
  if (!errors.empty()) return errors;
  return new_refund;
}

}  // namespace orderflow::billing
