#pragma once

#include "core/typed_json.hpp"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace orderflow::billing {

/// A buyer's bank takes the money of a charge back, or has been asked to, as the gateway tells it.
struct DisputeReport {
  std::string reference;     ///< the gateway's name for it
  core::Money amount;        ///< more than 0
  std::string status;        ///< in the gateway's words: "needs_response", "won", …
  std::string reason;        ///< in the gateway's words; may be empty
  bool is_withdrawn;         ///< the money is not in the shop's account
  std::int64_t reported_at;  ///< seconds since 1970 by the gateway's clock

  friend bool operator==(const DisputeReport&, const DisputeReport&) = default;
};

/// Something has happened to a charge at the gateway that was not asked for here: what its books
/// say of the charge is to be read, and booked. Internal to billing. Its key is the gateway's name
/// for the charge, so that one charge is read once at a time.
struct PaymentStatementRequested {
  static constexpr std::string_view kind = "payment.statement_requested";
  static constexpr int version = 1;

  std::string charge_reference;               ///< the gateway's name for the charge
  std::optional<DisputeReport> dispute = {};  ///< what was told of one, where it is about one

  friend bool operator==(const PaymentStatementRequested&,
                         const PaymentStatementRequested&) = default;
};

template <class Json>
void to_json(Json& json, const DisputeReport& dispute) {
  json["reference"] = dispute.reference;
  json["currency"] = dispute.amount.currency.code();
  json["amount"] = dispute.amount.amount;
  json["status"] = dispute.status;
  json["withdrawn"] = dispute.is_withdrawn;
  json["toldAt"] = dispute.reported_at;
  if (!dispute.reason.empty()) json["reason"] = dispute.reason;
}

inline void from_json(const nlohmann::json& json, DisputeReport& dispute) {
  json.at("reference").get_to(dispute.reference);
  dispute.amount = core::money_in(json, "amount");
  json.at("status").get_to(dispute.status);
  json.at("withdrawn").get_to(dispute.is_withdrawn);
  json.at("toldAt").get_to(dispute.reported_at);
  dispute.reason = json.value("reason", "");
}

template <class Json>
void to_json(Json& json, const PaymentStatementRequested& event) {
  json["chargeReference"] = event.charge_reference;
  if (event.dispute) json["dispute"] = *event.dispute;
}

inline void from_json(const nlohmann::json& json, PaymentStatementRequested& event) {
  json.at("chargeReference").get_to(event.charge_reference);
  const auto dispute = json.find("dispute");
  event.dispute =
      dispute == json.end() ? std::nullopt : std::optional(dispute->get<DisputeReport>());
}

}  // namespace orderflow::billing
