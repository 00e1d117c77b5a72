#pragma once

#include "card/card_object.hpp"
#include "core/clock.hpp"
#include "gateway/gateway.hpp"
#include "outbound/http_request.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <variant>

namespace orderflow::billing {

/// What an answer must be about.
struct ExpectedCharge {
  std::string payment_id;
  std::int64_t amount;   ///< as the gateway counts it
  std::string currency;  ///< in capitals
};
struct ExpectedRefund {
  std::string idempotency_key;
  std::string charge_reference;
  std::int64_t amount;   ///< as the gateway counts it
  std::string currency;  ///< in capitals
};

/// A charge that is not paid and still could be: it has to be canceled at the gateway.
struct Unfinished {
  std::string reference;
  std::string code;  ///< ours, of the decline that it comes to
};
/// The idempotency key was used with other parameters before: what became of it is to be looked up.
struct KeyConflict {};
using ChargeAnswer = std::variant<Approved, Declined, Pending, Unfinished, KeyConflict>;

/// What is wrong with the gateway as a whole, by the status of an answer.
struct PeerTrouble {
  std::string reason;
  bool is_configuration;  ///< no request can succeed until a person changes a setting
};
/// Server errors; and, as configuration, 401, 403, redirects, and a 404 that is not the gateway's
/// own. Nothing for every other answer.
std::optional<PeerTrouble> peer_trouble(const outbound::HttpAnswer& answer);

/// The gateway asks for fewer requests: 429, but for one whose code is `lock_timeout`, which is
/// about a single object that another request holds.
struct Throttled {
  std::string reason;
  std::optional<core::Timestamp> not_before;  ///< what its Retry-After names; it may have none
};
std::optional<Throttled> throttled(const outbound::HttpAnswer& answer, core::Timestamp now);

/// Throws for the answers that are to be repeated, this request alone: `GatewayUnavailable` for
/// 429, with the moment that its Retry-After names, and `GatewayError` for 409 and 425.
void require_answer(const outbound::HttpAnswer& answer, core::Timestamp now);

/// An answer to a charge. It is declined where the gateway's error says so: a `card_error`, or an
/// `invalid_request_error` about this payment (its amount, currency, payment method). Throws
/// `GatewayError` where the answer cannot be understood or is about something else, which is never
/// taken for a success, and `GatewayRefusal` where a person has to look: errors of the request
/// itself, such as an unknown parameter.
ChargeAnswer charge_answer(const outbound::HttpAnswer& answer, const ExpectedCharge& expected);

/// An answer to canceling a charge. Where it was canceled, it was declined with `code`.
ChargeAnswer cancel_answer(const outbound::HttpAnswer& answer, const ExpectedCharge& expected,
                           const std::string& code);

/// A charge as the gateway has it in its books.
ChargeAnswer charge_of(const CardIntent& intent, const ExpectedCharge& expected);

/// The same for a refund; it is refused by the same errors, a charge that is paid back already
/// among them, which the gateway may name by `param` alone. A key that was used with other
/// parameters is taken.
RefundResult refund_answer(const outbound::HttpAnswer& answer, const ExpectedRefund& expected);
RefundResult refund_of(const CardRefund& refund, const ExpectedRefund& expected);

/// How a refund stands in the gateway's books, whoever has asked for it. Throws `GatewayError` for
/// a state that is not known.
RefundResult result_of(const CardRefund& refund);

/// A whole answer of 2xx as JSON. Throws `GatewayError` for any other.
nlohmann::json document_of(const outbound::HttpAnswer& answer);

}  // namespace orderflow::billing
