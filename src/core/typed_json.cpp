#include "core/typed_json.hpp"

#include <stdexcept>

namespace orderflow::core {
namespace {

constexpr std::size_t text_shown = 64;

}  // namespace

void from_json(const nlohmann::json& json, Uuid& id) {
  const auto& text = json.get_ref<const std::string&>();
  const auto parsed = Uuid::parse(text);
  if (!parsed) throw std::invalid_argument("'" + text.substr(0, text_shown) + "' is not a UUID");
  id = *parsed;
}

Currency currency_in(const nlohmann::json& object) {
  const auto& code = object.at("currency").get_ref<const std::string&>();
  const auto currency = Currency::of_any_node(code);
  if (!currency)
    throw std::invalid_argument("'" + code.substr(0, text_shown) + "' is not a currency");
  return *currency;
}

}  // namespace orderflow::core
