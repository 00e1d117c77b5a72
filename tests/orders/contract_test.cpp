#include "events/log/embedded_schemas.hpp"
#include "events/log/payload.hpp"
#include "orders/contract/order_cancel_requested.hpp"
#include "support/typed_values.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validator.hpp>

#include <stdexcept>

namespace orderflow::orders {
namespace {

using valijson::adapters::NlohmannJsonAdapter;

bool is_valid(const nlohmann::json& document) {
  for (const auto& embedded : events::embedded_schemas()) {
    if (embedded.kind != OrderCancelRequested::kind) continue;
    const auto text = nlohmann::json::parse(embedded.text);
    valijson::Schema schema;
    valijson::SchemaParser().populateSchema(NlohmannJsonAdapter(text), schema);
    return valijson::Validator().validate(schema, NlohmannJsonAdapter(document), nullptr);
  }
  throw std::runtime_error("there is no schema of order.cancel_requested");
}

TEST_CASE("order.cancel_requested fits its schema, with a reason and without") {
  OrderCancelRequested event{.order_id = test::id_of("01900000-0000-7000-8000-000000000001"),
                             .user_id = core::UserId{"ann"},
                             .reason = "bought twice"};
  for (const char* reason : {"bought twice", ""}) {
    event.reason = reason;
    const nlohmann::json document = event;
    CHECK(is_valid(document));
    CHECK(document.get<OrderCancelRequested>() == event);
    CHECK(nlohmann::json::parse(events::payload_of(event)) == document);
    for (const char* field : {"orderId", "userId"}) {
      auto incomplete = document;
      incomplete.erase(field);
      CHECK_FALSE(is_valid(incomplete));
    }
    auto further = document;
    further["surprise"] = 1;
    CHECK_FALSE(is_valid(further));
  }
}

}  // namespace
}  // namespace orderflow::orders
