// Answers POST /v1/orders as a node does, except that the order is stored nowhere: reads, checks
// and answers it by the product's own server and code. What HTTP and JSON cost at the very least.
//
//   http_ceiling
//
// Prints "listening on URL" and serves until SIGTERM.
#include "core/clock.hpp"
#include "core/id_source.hpp"
#include "host/idempotency_key.hpp"
#include "host/json_body.hpp"
#include "http/message/problem.hpp"
#include "http/server.hpp"
#include "http/server_metrics.hpp"
#include "order_json.hpp"

#include <signal.h>
#include <cstdio>
#include <exception>
#include <string>
#include <utility>

using namespace orderflow;
using boost::asio::awaitable;
using http::Request;
using http::Response;

namespace {

const core::SystemClock system_clock;

core::IdSource& ids() {
  thread_local core::IdSource source(system_clock, core::make_system_random());
  return source;
}

Response refused(const Request& request, core::FieldErrors errors) {
  const http::Problem problem{422, "invalid-order", "The order is not valid",
                              "See errors for each field.", std::move(errors)};
  return http::problem_response(request, problem);
}

orders::Order order_of(orders::OrderDetails wanted, const Request& request) {
  const core::Timestamp now = system_clock.now();
  return {.id = orders::OrderId{ids().next()},
          .details = std::move(wanted),
          .status = orders::OrderStatus::pending,
          .reasons = {},
          .correlation_id = request.trace.correlation_id,
          .created_at = now,
          .updated_at = now,
          .cancel_requested_at = {}};
}

Response answer(const Request& request) {
  const auto key = host::idempotency_key_of(request);
  if (!key) return host::invalid_idempotency_key(request, key.error());
  const auto document = host::parse_json_body(request.body);
  if (!document) return host::malformed_json(request, document.error());
  auto wanted = orders::parse_order_details(*document, core::Currency::parse("EUR").value());
  if (!wanted) return refused(request, wanted.error());
  const orders::Order order = order_of(std::move(*wanted), request);
  Response response = host::json_response(201, orders::to_json(order));
  response.headers.emplace_back("Location", "/v1/orders/" + order.id.value().to_string());
  return response;
}

void serve_until_term() {
  sigset_t ending;
  sigemptyset(&ending);
  sigaddset(&ending, SIGTERM);
  sigaddset(&ending, SIGINT);
  pthread_sigmask(SIG_BLOCK, &ending, nullptr);

  http::Router router;
  router.add(http::Method::post, "/v1/orders", http::Access::open,
             [](Request& request) -> awaitable<Response> { co_return answer(request); });
  http::ServerOptions options;
  options.port = 0;
  http::ServerMetrics metrics;
  http::Server server(options, router, system_clock, metrics);
  server.start();
  std::printf("listening on http://127.0.0.1:%u\n", static_cast<unsigned>(server.port()));
  std::fflush(stdout);
  int signal = 0;
  sigwait(&ending, &signal);
  server.drain(std::chrono::milliseconds{1'000});
}

}  // namespace

int main() {
  try {
    serve_until_term();
  } catch (const std::exception& error) {
    std::fprintf(stderr, "http_ceiling: %s\n", error.what());
    return 1;
  }
}
