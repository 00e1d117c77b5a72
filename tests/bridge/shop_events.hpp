#pragma once

#include "billing/contract/events.hpp"
#include "core/random.hpp"
#include "events/log/catalog.hpp"
#include "notifications/contract/events.hpp"
#include "orders/contract/events.hpp"
#include "support/typed_values.hpp"

#include <string>
#include <utility>

namespace orderflow::bridge {

inline const events::Catalog& shop_catalog() {
  static const events::Catalog catalog = [] {
    events::Catalog made;
    orders::describe_events(made);
    billing::describe_events(made);
    notifications::describe_events(made);
    return made;
  }();
  return catalog;
}

inline constexpr const char* sample_order = "0190aaaa-0000-7000-8000-00000000000a";

inline core::Timestamp sample_time() {
  return *core::parse_rfc3339("2026-03-01T12:30:00.123456Z");
}

inline events::EventMeta sample_meta(std::string_view kind) {
  events::EventMeta meta;
  meta.seq = events::Seq{17};
  meta.id = events::EventId{*core::Uuid::parse("0190bbbb-0000-7000-8000-00000000000b")};
  meta.kind = kind;
  meta.key = sample_order;
  meta.origin = "shop-1/orders";
  meta.home = "shop-1";
  meta.correlation_id = "abc-123";
  meta.causation_id = events::EventId{*core::Uuid::parse("0190cccc-0000-7000-8000-00000000000c")};
  meta.traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
  meta.occurred_at = sample_time();
  return meta;
}

template <class E>
events::Event event_of(events::EventMeta meta, const E& body) {
  meta.kind = E::kind;
  meta.version = E::version;
  return {std::move(meta),
          nlohmann::json(body).dump(),
          {std::make_shared<const E>(body), events::type_tag<E>(), {}}};
}

inline events::Event sample_event() {
  return event_of(
      sample_meta(orders::OrderCreated::kind),
      orders::OrderCreated{.order_id = test::id_of(sample_order),
                           .order = {.user_id = core::UserId{"ada"},
                                     .email = "ada@example.com",
                                     .total = test::money(1400),
                                     .payment_method = "",
                                     .items = {{.product_id = "tea",
                                                .name = "Grüner Tee \"Sencha\" \xF0\x9F\x8D\xB5",
                                                .quantity = 2,
                                                .price = 700}}}});
}

}  // namespace orderflow::bridge
