// An event as the log stores it, as it is read from there, and as a stream shows it.
#include "billing/contract/order_processed.hpp"
#include "events/log/cloud_event.hpp"
#include "events/log/event.hpp"
#include "events/log/payload.hpp"
#include "orders/contract/order_created.hpp"

#include <benchmark/benchmark.h>
#include <nlohmann/json.hpp>

#include <memory>
#include <string>

using namespace orderflow;

namespace {

const std::string order_id = "01a20497-0c1a-76cb-b644-5e7520e4cd81";

orders::OrderCreated created() {
  orders::OrderCreated event;
  event.order_id = core::OrderId{core::Uuid::parse(order_id).value()};
  event.order.user_id = core::UserId{"user-40361"};
  event.order.email = "user-40361@example.com";
  event.order.total = {100'928, core::Currency::parse("EUR").value()};
  for (int i = 0; i < 2; ++i) {
    orders::OrderLine& line = event.order.items.emplace_back();
    line.product_id = "product-1972";
    line.name = "Product";
    line.quantity = 4;
    line.price = 11'693;
  }
  return event;
}

void order_created_to_json(benchmark::State& state) {
  const orders::OrderCreated event = created();
  for (auto _ : state)
    benchmark::DoNotOptimize(events::payload_of(event));
}
BENCHMARK(order_created_to_json);

void order_created_from_json(benchmark::State& state) {
  const std::string payload = events::payload_of(created());
  for (auto _ : state)
    benchmark::DoNotOptimize(nlohmann::json::parse(payload).get<orders::OrderCreated>());
}
BENCHMARK(order_created_from_json);

void order_processed_to_json(benchmark::State& state) {
  billing::OrderProcessed event;
  event.order_id = core::OrderId{core::Uuid::parse(order_id).value()};
  event.buyer = {.user_id = core::UserId{"user-40361"}, .email = "user-40361@example.com"};
  event.amount = {100'928, core::Currency::parse("EUR").value()};
  event.status = billing::OrderResult::processed;
  event.payment_id = billing::PaymentId{core::Uuid::parse(order_id).value()};
  for (auto _ : state)
    benchmark::DoNotOptimize(events::payload_of(event));
}
BENCHMARK(order_processed_to_json);

void event_to_cloud_event(benchmark::State& state) {
  events::EventMeta meta;
  meta.seq = events::Seq{1};
  meta.kind = orders::OrderCreated::kind;
  meta.key = order_id;
  meta.origin = "node-db6a49e4/orders";
  meta.home = "node-db6a49e4";
  meta.correlation_id = order_id;
  meta.traceparent = "00-479458aeb1eb102c1be89e583d4edd46-885127736771b06e-01";
  const events::Event event(std::move(meta), events::payload_of(created()), {});
  for (auto _ : state)
    benchmark::DoNotOptimize(events::cloud_event_text(event));
}
BENCHMARK(event_to_cloud_event);

}  // namespace
