// Reading and checking the body of POST /v1/orders, and showing the order that came of it.
#include "host/json_body.hpp"
#include "order_json.hpp"

#include <benchmark/benchmark.h>

#include <string>

using namespace orderflow;

namespace {

std::string body_with_items(std::int64_t count) {
  std::string items;
  for (std::int64_t i = 0; i < count; ++i) {
    if (i > 0) items += ',';
    items += R"({"productId":"product-1972","name":"Product","quantity":4,"price":11693})";
  }
  return R"({"userId":"user-40361","email":"user-40361@example.com","currency":"EUR","items":[)" +
         items + "]}";
}

core::Currency euro() {
  return core::Currency::parse("EUR").value();
}

void parse_json(benchmark::State& state) {
  const std::string body = body_with_items(state.range(0));
  for (auto _ : state)
    benchmark::DoNotOptimize(host::parse_json_body(body));
}
BENCHMARK(parse_json)->Arg(1)->Arg(3)->Arg(100);

void parse_and_validate_order(benchmark::State& state) {
  const std::string body = body_with_items(state.range(0));
  for (auto _ : state) {
    const auto document = host::parse_json_body(body);
    benchmark::DoNotOptimize(orders::parse_order_details(*document, euro()));
  }
}
BENCHMARK(parse_and_validate_order)->Arg(1)->Arg(3)->Arg(100);

void show_order(benchmark::State& state) {
  const auto document = host::parse_json_body(body_with_items(state.range(0)));
  const auto parsed = orders::parse_order_details(*document, euro());
  const orders::OrderDetails& wanted = *parsed;
  const orders::Order order{.id = {},
                            .details = wanted,
                            .status = orders::OrderStatus::pending,
                            .reasons = {},
                            .correlation_id = "01a20497-0c08-708c-85af-507275fc1a6d",
                            .created_at = core::from_micros(1'795'373'337'626'081),
                            .updated_at = core::from_micros(1'795'373'337'626'081),
                            .cancel_requested_at = {}};
  for (auto _ : state)
    benchmark::DoNotOptimize(host::json_response(201, orders::to_json(order)));
}
BENCHMARK(show_order)->Arg(1)->Arg(3);

}  // namespace
