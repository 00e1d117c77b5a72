#pragma once

#include <nlohmann/json.hpp>

#include <cstdint>
#include <string>

namespace orderflow::orders {

/// One line of an order. `price` is for one piece, in the minor unit of the order's currency.
struct OrderLine {
  std::string product_id;
  std::string name;  ///< may be empty
  std::int64_t quantity;
  std::int64_t price;

  friend bool operator==(const OrderLine&, const OrderLine&) = default;
};

template <class Json>
void to_json(Json& json, const OrderLine& line) {
  json["productId"] = line.product_id;
  json["quantity"] = line.quantity;
  json["price"] = line.price;
  if (!line.name.empty()) json["name"] = line.name;
}

inline void from_json(const nlohmann::json& json, OrderLine& line) {
  json.at("productId").get_to(line.product_id);
  line.name = json.value("name", "");
  json.at("quantity").get_to(line.quantity);
  json.at("price").get_to(line.price);
}

}  // namespace orderflow::orders
