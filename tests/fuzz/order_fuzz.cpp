// The body of POST /v1/orders, from its bytes to the order in its table and to the event that is
// published about it; and the body of a cancellation.
#include "core/readable_line.hpp"
#include "core/trace_context.hpp"
#include "email_address.hpp"
#include "events/log/catalog.hpp"
#include "events/log/schema_check.hpp"
#include "fuzz/finding.hpp"
#include "host/json_body.hpp"
#include "order_json.hpp"
#include "order_store.hpp"
#include "orders/contract/events.hpp"
#include "storage/migration.hpp"

#include <array>
#include <cstddef>
#include <cstdint>

namespace orderflow::orders {
namespace {

using fuzz::require;
using nlohmann::json;

bool is_plain(std::string_view text, std::size_t longest) {
  return text.size() <= longest && core::is_readable_line(text);
}

bool is_id(std::string_view text, bool required) {
  return text.empty() ? !required : core::is_path_name(text, 128);
}

/// Each error is about a field that is there, or is missing in an object that is there.
void check_errors(const json& body, const core::FieldErrors& errors) {
  require(!errors.empty(), "a refusal has a reason");
  require(errors.size() <= 200, "errors are bounded");
  for (const core::FieldError& error : errors) {
    require(!error.detail.empty(), "an error names what is wrong");
    const json::json_pointer place(error.pointer);
    if (place.empty()) continue;
    require(body.contains(place.parent_pointer()), "an error names a field", error.pointer);
    require(body.at(place.parent_pointer()).is_structured(), "an error names a field",
            error.pointer);
    if (error.detail.starts_with("is not a field")) {
      require(body.contains(place), "an unknown field is named as it stands there", error.pointer);
    }
  }
}

void check_bounds(const OrderDetails& order) {
  require(is_id(order.user_id.value(), true), "a user's id is 1 to 128 visible characters");
  require(is_id(order.payment_method, false), "a payment method is up to 128 visible characters");
  require(order.email.empty() || (is_email_address(order.email) && is_plain(order.email, 254)),
          "an address is one", order.email);
  require(!order.items.empty() && order.items.size() <= 100, "an order has 1 to 100 items");
  __int128 sum = 0;
  for (const OrderLine& line : order.items) {
    require(is_id(line.product_id, true), "a product's id is 1 to 128 visible characters");
    require(is_plain(line.name, 256), "a name is up to 256 bytes without control characters");
    require(line.quantity >= 1 && line.quantity <= 10'000, "a quantity is 1 to 10,000");
    require(line.price >= 0, "a price is not negative");
    sum += static_cast<__int128>(line.quantity) * line.price;
  }
  require(sum == order.total.amount, "the total is the sum of the items");
  require(order.total.amount <= core::amount_max, "the total is 2^53 - 1 at most");
}

json as_request(const OrderDetails& order) {
  json body = {{"userId", order.user_id.value()},
               {"currency", order.total.currency.code()},
               {"totalAmount", order.total.amount},
               {"items", order.items}};
  if (!order.email.empty()) body["email"] = order.email;
  if (!order.payment_method.empty()) body["paymentMethod"] = order.payment_method;
  return body;
}

Order placed(const OrderDetails& order) {
  const auto now = *core::parse_rfc3339("2026-03-01T12:30:00.123456Z");
  return {.id = OrderId{*core::Uuid::parse("0190aaaa-0000-7000-8000-00000000000a")},
          .details = order,
          .status = OrderStatus::pending,
          .reasons = {},
          .correlation_id = "c-1",
          .created_at = now,
          .updated_at = now,
          .cancel_requested_at = {}};
}

/// The module's tables, in memory.
storage::Connection& database() {
  static storage::Connection connection(":memory:", storage::Connection::Mode::read_write);
  static const bool migrated = [] {
    const auto all = storage::embedded_migrations();
    constexpr std::array<std::string_view, 1> owners{"orders"};
    storage::migrate(connection, storage::migrations_of(owners, all), all, core::Timestamp{});
    return true;
  }();
  require(migrated, "the tables are there");
  return connection;
}

void check_stored(const Order& order) {
  storage::Connection& connection = database();
  connection.run("BEGIN IMMEDIATE");
  OrderStore orders(connection.session("orders"));
  orders.add(order);
  const auto found = orders.find(order.id);
  connection.run("ROLLBACK");
  require(found && found->details == order.details,
          "an order comes out of its table as it went in");
}

void check_event(const Order& order) {
  static const events::Catalog catalog = [] {
    events::Catalog made;
    describe_events(made);
    return made;
  }();
  static events::SchemaCheck schema(*catalog.schema(OrderCreated::kind, OrderCreated::version));
  const OrderCreated published{.order_id = order.id, .order = order.details};
  const json payload = published;
  const auto broken = schema.check(payload);
  require(broken.empty(), "what is published about an order is valid under its schema",
          broken.empty() ? "" : broken.front().pointer + ": " + broken.front().detail);
  const auto received = catalog.read(OrderCreated::kind, OrderCreated::version, payload.dump());
  require(received.value && *static_cast<const OrderCreated*>(received.value.get()) == published,
          "what is received about an order is what was published");
}

void check_order(const json& body, core::Currency currency) {
  const auto parsed = parse_order_details(body, currency);
  if (!parsed) return check_errors(body, parsed.error());
  check_bounds(*parsed);
  const auto again = parse_order_details(as_request(*parsed), currency);
  require(again && *again == *parsed, "an order, written as a request, is the same order");
  const Order order = placed(*parsed);
  check_stored(order);
  check_event(order);
  const json shown = to_json(order);
  require(shown.at("items").get<std::vector<OrderLine>>() == order.details.items,
          "an order is shown with what it holds");
}

void check_cancellation(const json& body) {
  const auto parsed = parse_cancellation(body);
  if (!parsed) return check_errors(body, parsed.error());
  require(is_plain(*parsed, 256), "a reason is up to 256 bytes without control characters");
}

void check(std::string_view text) {
  static const core::Currency currency = *core::Currency::parse("EUR");
  const auto body = host::parse_json_body(text);
  if (!body) return require(!body.error().detail.empty(), "a refusal has a reason");
  const auto again = host::parse_json_body(body->dump());
  require(again && *again == *body, "a document, written again, is the same document");
  check_order(*body, currency);
  check_cancellation(*body);
}

}  // namespace
}  // namespace orderflow::orders

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  orderflow::orders::check({reinterpret_cast<const char*>(data), size});
  return 0;
}
