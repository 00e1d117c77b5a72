#pragma once

#include "billing/contract/payment_id.hpp"
#include "core/typed_json.hpp"

#include <nlohmann/json.hpp>

#include <string>

namespace orderflow::billing {

/// Who pays, as the order gave it: kept with the payment and passed on in the events about it, for
/// whoever notifies the buyer. A further field of an order that others need with the result of its
/// payment is added here, with its JSON.
struct Buyer {
  UserId user_id;
  std::string email;  ///< may be empty

  friend bool operator==(const Buyer&, const Buyer&) = default;
};

/// Adds them to the members of the object that has them.
template <class Json>
void write_members(Json& json, const Buyer& buyer) {
  json["userId"] = buyer.user_id.value();
  if (!buyer.email.empty()) json["email"] = buyer.email;
}

/// Reads them from such an object. Throws as nlohmann's `at` and `get` do.
inline void read_members(const nlohmann::json& json, Buyer& buyer) {
  json.at("userId").get_to(buyer.user_id);
  buyer.email = json.value("email", "");
}

}  // namespace orderflow::billing
