#include "order_json.hpp"

#include "email_address.hpp"
#include "host/object_reader.hpp"

#include <cstdint>
#include <string>
#include <utility>

namespace orderflow::orders {
namespace {

using host::ObjectReader;
using nlohmann::json;

constexpr std::size_t items_max = 100;
constexpr std::int64_t quantity_max = 10'000;
static_assert(core::amount_max == 9'007'199'254'740'991, "the texts below name it");

core::Currency read_currency(ObjectReader& reader, core::Currency default_currency) {
  const json* value = reader.find("currency", false);
  if (value == nullptr) return default_currency;
  const auto known = value->is_string()
                         ? core::Currency::parse(value->get_ref<const std::string&>())
                         : std::nullopt;
  if (!known) {
    reader.fail("currency", "must be the ISO 4217 code of a currency in use, such as \"EUR\"");
    return default_currency;
  }
  if (!known->is_active()) {
    reader.fail("currency", "is a currency that ISO 4217 withdrew in " +
                                std::string(known->withdrawn_in()) +
                                "; must be the code of one in use, such as \"EUR\"");
  }
  return *known;
}

std::string read_email(ObjectReader& reader) {
  const json* value = reader.find("email", false);
  if (value == nullptr) return {};
  if (value->is_string() && is_email_address(value->get_ref<const std::string&>())) {
    return value->get<std::string>();
  }
  reader.fail("email", "must be an e-mail address, such as \"ada@example.com\"");
  return {};
}

OrderLine read_line(const json& item, const std::string& pointer, core::FieldErrors& errors) {
  OrderLine line{};
  if (!item.is_object()) {
    errors.push_back({pointer, "must be an object with productId, quantity and price"});
    return line;
  }
  ObjectReader reader(item, pointer, errors);
  reader.reject_unknown({"productId", "name", "quantity", "price"});
  line.product_id = reader.id("productId", true);
  line.name = reader.optional_text("name");
  line.quantity =
      reader
          .whole_number("quantity", true, 1, quantity_max, "must be a whole number from 1 to 10000")
          .value_or(0);
  line.price = reader
                   .whole_number("price", true, 0, core::amount_max,
                                 "must be a whole number of the currency's minor unit, 0 to "
                                 "9007199254740991: 1999 is 19.99 EUR")
                   .value_or(0);
  return line;
}

std::vector<OrderLine> read_lines(ObjectReader& reader, core::FieldErrors& errors) {
  std::vector<OrderLine> lines;
  const json* items = reader.find("items", true);
  if (items == nullptr) return lines;
  if (!items->is_array() || items->empty() || items->size() > items_max) {
    reader.fail("items", "must be a list of 1 to 100 items");
    return lines;
  }
  lines.reserve(items->size());
  for (std::size_t i = 0; i < items->size(); ++i) {
    lines.push_back(read_line((*items)[i], "/items/" + std::to_string(i), errors));
  }
  return lines;
}

/// Nothing where it is more than an order may come to.
std::optional<std::int64_t> sum_of(const std::vector<OrderLine>& lines) {
  std::int64_t sum = 0;
  for (const OrderLine& line : lines) {
    const auto amount = core::checked_multiply(line.quantity, line.price);
    const auto next = amount ? core::checked_add(sum, *amount) : std::nullopt;
    if (!next || *next > core::amount_max) return std::nullopt;
    sum = *next;
  }
  return sum;
}

}  // namespace

boost::system::result<OrderDetails, core::FieldErrors> parse_order_details(
    const json& body, core::Currency default_currency) {
  core::FieldErrors errors;
  if (!body.is_object()) {
    errors.push_back({"", "must be an object with userId and items"});
    return errors;
  }
  ObjectReader reader(body, "", errors);
  reader.reject_unknown({"userId", "email", "currency", "items", "paymentMethod", "totalAmount"});
  OrderDetails details;
  details.user_id = UserId{reader.id("userId", true)};
  details.email = read_email(reader);
  details.total.currency = read_currency(reader, default_currency);
  details.payment_method = reader.id("paymentMethod", false);
  details.items = read_lines(reader, errors);
  const auto claimed =
      reader.whole_number("totalAmount", false, 0, core::amount_max,
                          "must be a whole number of the currency's minor unit, 0 to "
                          "9007199254740991");
  if (!errors.empty()) return errors;

  const auto sum = sum_of(details.items);
  if (!sum) {
    reader.fail("items", "add up to more than 9007199254740991 of the minor unit");
    return errors;
  }
  if (claimed && *claimed != *sum) {
    reader.fail("totalAmount", "is " + std::to_string(*claimed) + ", but the items add up to " +
                                   std::to_string(*sum));
    return errors;
  }
  details.total.amount = *sum;
  return details;
}

boost::system::result<std::string, core::FieldErrors> parse_cancellation(const json& body) {
  core::FieldErrors errors;
  if (!body.is_object()) {
    errors.push_back({"", "must be an object, which may have a reason"});
    return errors;
  }
  ObjectReader reader(body, "", errors);
  reader.reject_unknown({"reason"});
  std::string reason = reader.optional_text("reason");
  if (!errors.empty()) return errors;
  return reason;
}

nlohmann::json to_json(const Order& order) {
  json document = {{"id", order.id.value().to_string()},
                   {"status", to_string(order.status)},
                   {"reasons", order.reasons},
                   {"correlationId", order.correlation_id},
                   {"createdAt", core::to_rfc3339(order.created_at)},
                   {"updatedAt", core::to_rfc3339(order.updated_at)}};
  write_members(document, order.details);
  if (order.cancel_requested_at) {
    document["cancelRequestedAt"] = core::to_rfc3339(*order.cancel_requested_at);
  }
  return document;
}

}  // namespace orderflow::orders
