// The answers of a session: refusals, handlers, bodies and streams.
#include "http/message/target.hpp"
#include "http/request_span.hpp"
#include "http/routing/preconditions.hpp"
#include "http/session.hpp"

#include <exception>
#include <string_view>
#include <utility>

namespace orderflow::http {

namespace asio = boost::asio;

void Session::answer_refusal(Exchange& exchange) {
  const Refusal& refusal = *exchange.refusal;
  exchange.response = problem_response(exchange.request, refusal.problem);
  exchange.response.headers = refusal.headers;
  if (!refusal.close && buffer_.size() >= exchange.content_length) {
    buffer_.consume(static_cast<std::size_t>(exchange.content_length));
    return;
  }
  exchange.close = true;
  exchange.body_unread = true;
}

asio::awaitable<void> Session::run_handler(Exchange& exchange) {
  Request& request = exchange.request;
  Problem problem{500, "internal-error", "The request failed",
                  "The cause is not disclosed here; the log has it under the correlation "
                  "id."};
  request.presence = this;
  const StopWatching stop{*this};
  try {
    Response response = co_await (*exchange.match.handler)(request);
    require_sendable(response);
    apply_preconditions(request, response);
    exchange.response = std::move(response);
    co_return;
  } catch (const Unavailable& unavailable) {
    problem = {503, "unavailable", "Not available at the moment", unavailable.what()};
  } catch (...) {
    worker_.log().error("handler failed method={} route={} correlation_id={} error={}",
                        to_string(request.method), exchange.match.pattern,
                        request.trace.correlation_id, describe(std::current_exception()));
  }
  exchange.response = problem_response(request, problem);
  if (problem.status == 503) exchange.response.headers.emplace_back("Retry-After", "1");
}

asio::awaitable<Session::Next> Session::send(Exchange& exchange) {
  // Before the client can see the answer and send the next request.
  exchange.request.body = {};
  exchange.body_share.give_back();
  Response& response = exchange.response;
  const bool old_client = exchange.head.http_1_0;
  const bool bodiless = exchange.request.method == Method::head || is_bodiless(response.status);
  const bool streams = response.stream && !is_bodiless(response.status);
  ResponseFraming framing;
  framing.chunked = streams && !old_client;
  if (!streams && !is_bodiless(response.status)) framing.content_length = response.body.size();
  const bool is_last = client_has_ended_ && buffer_.size() == 0;
  const bool is_retired = worker_.ends_sessions() || (worker_.is_retiring() && !input_waits());
  framing.close = is_last || room_ == Room::reserve || exchange.close ||
                  !exchange.head.keep_alive || is_retired || (streams && old_client);
  framing.keep_alive = old_client && !framing.close;
  framing.date = worker_.date();
  // Other servers at this machine's name may not use TLS.
  framing.strict_transport = tls_ && !names_localhost(exchange.request);

  head_out_.clear();
  append_response_head(head_out_, response, exchange.request.trace, framing);
  account(exchange);
  const std::array parts{
      asio::buffer(std::as_const(head_out_)),
      bodiless || streams ? asio::const_buffer{} : asio::buffer(std::as_const(response.body)),
      asio::const_buffer{}};
  if (!co_await write(parts)) co_return Next::close;
  if (streams && !bodiless && !co_await send_chunks(exchange, framing.chunked)) {
    co_return Next::close;
  }
  if (!framing.close) co_return Next::keep;
  co_return exchange.body_unread || input_waits() ? Next::linger : Next::close;
}

void Session::log_failed_stream(const Exchange& exchange, const std::exception_ptr& error) {
  worker_.log().error("stream failed route={} correlation_id={} error={}", exchange.match.pattern,
                      exchange.request.trace.correlation_id, describe(error));
}

asio::awaitable<bool> Session::send_chunks(Exchange& exchange, bool chunked) {
  struct Registration {
    Session& session;
    ~Registration() {
      session.stream_ = nullptr;
      session.streamed_ = nullptr;
      session.key_timer_.cancel();
    }
  };
  BodyStream& stream = *exchange.response.stream;
  stream_ = &stream;
  streamed_ = &exchange;
  key_has_ended_ = false;
  const Registration registration{*this};
  watch_key();
  const StopWatching stop{*this};
  bool client_has_left = false;
  gone_callback_ = [&] {
    client_has_left = true;
    stream.stop();
  };
  if (client_has_ended_) co_return false;
  read_ahead();
  bool failed = false;
  const Authorizer* authorizer = worker_.state().authorizer;
  while (!worker_.ends_sessions() && !client_has_left) {
    std::optional<std::string> chunk;
    try {
      chunk = co_await stream.next();
    } catch (...) {
      log_failed_stream(exchange, std::current_exception());
      failed = true;
    }
    // A chunked body without its last chunk shows the client that it is incomplete.
    if (failed) co_return false;
    if (!chunk) break;
    // The end of a key ends the streams that it has opened.
    if (authorizer && !authorizer->still_authorizes(exchange.request, exchange.match.access)) break;
    if (chunk->empty()) continue;
    head_out_.clear();
    if (chunked) append_chunk_size(head_out_, chunk->size());
    const std::array parts{asio::buffer(std::as_const(head_out_)),
                           asio::buffer(std::as_const(*chunk)),
                           asio::buffer(std::string_view(chunked ? "\r\n" : ""))};
    if (!co_await write(parts)) co_return false;
  }
  if (!chunked) co_return true;
  const std::array last{asio::buffer(std::string_view("0\r\n\r\n")), asio::const_buffer{},
                        asio::const_buffer{}};
  co_return co_await write(last);
}

void Session::account(const Exchange& exchange) {
  ServerState& state = worker_.state();
  const unsigned status = exchange.response.status;
  if (status >= 500) {
    state.metrics.responses_5xx.fetch_add(1, std::memory_order_relaxed);
  } else if (status >= 400) {
    state.metrics.responses_4xx.fetch_add(1, std::memory_order_relaxed);
  }
  const auto elapsed =
      std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - exchange.began);
  state.metrics.times.count(exchange.request.method, exchange.match.pattern, status,
                            static_cast<std::uint64_t>(elapsed.count()));
  // There is nothing to record about what could not be read.
  if (options_.tracer != nullptr && !exchange.head.method.empty()) {
    trace_request(*options_.tracer, exchange.request,
                  {.method = exchange.head.method,
                   .pattern = exchange.match.pattern,
                   .status = status,
                   .http_1_0 = exchange.head.http_1_0,
                   .tls = tls_ != nullptr,
                   .took = elapsed});
  }
  if (!worker_.log().is_on(telemetry::LogLevel::debug)) return;
  const Request& request = exchange.request;
  // A refused target may hold any octet; the path is set only once the target was read.
  std::string_view route = exchange.match.pattern;
  if (route.empty()) route = request.path.empty() ? "-" : encoded_path(request.target);
  worker_.log().debug("request method={} route={} status={} micros={} correlation_id={}",
                      exchange.head.method, route, status, elapsed.count(),
                      request.trace.correlation_id);
}

}  // namespace orderflow::http
