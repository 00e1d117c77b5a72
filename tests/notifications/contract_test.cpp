#include "billing/contract/events.hpp"
#include "events/log/catalog.hpp"
#include "events/log/embedded_schemas.hpp"
#include "events/log/payload.hpp"
#include "notifications/contract/events.hpp"
#include "sample_events.hpp"
#include "support/typed_values.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validator.hpp>

#include <stdexcept>

namespace orderflow::notifications {
namespace {

using valijson::adapters::NlohmannJsonAdapter;

bool is_valid(std::string_view kind, const nlohmann::json& document) {
  for (const auto& embedded : events::embedded_schemas()) {
    if (embedded.kind != kind || embedded.version != 1) continue;
    const auto text = nlohmann::json::parse(embedded.text);
    valijson::Schema schema;
    valijson::SchemaParser().populateSchema(NlohmannJsonAdapter(text), schema);
    return valijson::Validator().validate(schema, NlohmannJsonAdapter(document), nullptr);
  }
  throw std::runtime_error("there is no schema of " + std::string(kind));
}

const NotificationSent sent{.notification_id = test::id_of<NotificationId>(order_id(9)),
                            .order_id = test::id_of(order_id(1)),
                            .user_id = core::UserId{"ann"},
                            .notification_kind = "order_outcome",
                            .channel = "file"};

const NotificationFailed failed{.notification_id = test::id_of<NotificationId>(order_id(9)),
                                .order_id = test::id_of(order_id(1)),
                                .user_id = core::UserId{"ann"},
                                .notification_kind = "order_confirmation",
                                .channel = "file",
                                .error = "disk full"};

template <class E>
void check_contract(const E& event, const std::vector<std::string>& fields) {
  const nlohmann::json document = event;
  CHECK(is_valid(E::kind, document));
  CHECK(document.template get<E>() == event);
  CHECK(nlohmann::json::parse(events::payload_of(event)) == document);
  CHECK(document.size() == fields.size());
  for (const std::string& field : fields) {
    CAPTURE(field);
    auto incomplete = document;
    incomplete.erase(field);
    CHECK_FALSE(is_valid(E::kind, incomplete));
    CHECK_THROWS_AS(incomplete.template get<E>(), nlohmann::json::exception);
  }
  auto further = document;
  further["recipient"] = "ann@example.com";
  CHECK_FALSE(is_valid(E::kind, further));
}

}  // namespace

TEST_CASE("notification.sent fits its schema, which has no place for an address") {
  check_contract(sent, {"notificationId", "orderId", "userId", "kind", "channel"});
}

TEST_CASE("notification.failed fits its schema, which has no place for an address") {
  check_contract(failed, {"notificationId", "orderId", "userId", "kind", "channel", "error"});
}

TEST_CASE("both are published in the module's name") {
  events::Catalog catalog;
  describe_events(catalog);
  REQUIRE(catalog.types().size() == 2);
  for (const events::EventType& type : catalog.types()) {
    CHECK(type.owner == "notifications");
    CHECK(type.visibility == events::Visibility::published);
  }
}

}  // namespace orderflow::notifications
