// The requests of a session: its life, the reading and the checks.
#include "http/session.hpp"

#include "http/routing/preconditions.hpp"
#include "http/tls_layer.hpp"

#include <boost/asio/co_spawn.hpp>

#include <algorithm>
#include <utility>

namespace orderflow::http {
namespace {

namespace asio = boost::asio;

constexpr std::size_t body_bytes_at_first = 4U << 10;
constexpr std::string_view go_on = "HTTP/1.1 100 Continue\r\n\r\n";

const Refusal bodies_full{
    .problem = {503, "unavailable", "Not available at the moment",
                "What is being sent to the server takes all the memory that it"
                " may; see Retry-After."},
    .close = true,
    .headers = {{"Retry-After", "1"}}};

const Problem plain_http{400, "tls-required", "This port requires TLS",
                         "The request came without encryption. Send it to https://."};

}  // namespace

const Problem server_full{503, "too-many-connections", "Too many connections",
                          "The server has as many open connections as it may have."};

void Session::start(Worker& worker, Socket socket, Peer peer, Room room) {
  auto session = std::make_shared<Session>(worker, std::move(socket), std::move(peer), room);
  spawn(session, run(session));
}

void Session::refuse(Worker& worker, Socket socket, const Problem& problem) {
  auto session = std::make_shared<Session>(worker, std::move(socket), Peer{}, std::nullopt);
  if (!session->tls_) spawn(session, run_refusal(session, problem));
}

void Session::spawn(std::shared_ptr<Session> self, asio::awaitable<void> coroutine) {
  asio::co_spawn(self->worker_.context(), std::move(coroutine),
                 [self](const std::exception_ptr& failure) {
                   if (failure) {
                     self->worker_.log().error("session failed error={}", describe(failure));
                   }
                   self->finish();
                 });
}

asio::awaitable<void> Session::run(std::shared_ptr<Session> self) {
  Next next = Next::keep;
  if (self->tls_ && co_await self->begins_in_plain()) {
    self->tls_.reset();
    ServerState& state = self->worker_.state();
    state.metrics.requests.fetch_add(1, std::memory_order_relaxed);
    state.metrics.responses_4xx.fetch_add(1, std::memory_order_relaxed);
    co_await self->send_refusal(plain_http);
    self->finish();
    co_return;
  }
  const bool agreed = !self->tls_ || co_await self->begin_tls();
  if (!agreed) next = Next::close;
  while (next == Next::keep)
    next = co_await self->serve_one();
  if (next == Next::linger) co_await self->linger();
  if (self->tls_ && agreed && next == Next::close) co_await self->end_tls();
  self->finish();
}

asio::awaitable<void> Session::run_refusal(std::shared_ptr<Session> self, const Problem& problem) {
  co_await self->send_refusal(problem);
  self->finish();
}

asio::awaitable<void> Session::send_refusal(const Problem& problem) {
  Exchange exchange(worker_.state().bodies);
  exchange.request.trace = worker_.make_trace(exchange.request);
  exchange.response = problem_response(exchange.request, problem);
  // No retry helps a client that sends plain HTTP to a port with TLS (400); others may come back.
  if (problem.status != 400) exchange.response.headers.emplace_back("Retry-After", "1");
  const ResponseFraming framing{
      .content_length = exchange.response.body.size(), .close = true, .date = worker_.date()};
  append_response_head(head_out_, exchange.response, exchange.request.trace, framing);
  const std::array parts{asio::buffer(std::as_const(head_out_)),
                         asio::buffer(std::as_const(exchange.response.body)), asio::const_buffer{}};
  if (!co_await write(parts)) co_return;
  holds_refusal_slot_ = worker_.take_refusal_slot();
  if (holds_refusal_slot_) co_await linger();
}

asio::awaitable<Session::Next> Session::serve_one() {
  if (buffer_.size() == 0 && !co_await wait_for_request()) co_return Next::close;
  Exchange exchange(worker_.state().bodies);
  if (!co_await receive_head(exchange)) co_return Next::close;
  first_head_by_.reset();
  worker_.state().metrics.requests.fetch_add(1, std::memory_order_relaxed);
  exchange.began = Clock::now();
  exchange.request.trace = worker_.make_trace(exchange.request);
  if (!exchange.refusal) check(exchange);
  if (!exchange.refusal && !co_await receive_body(exchange)) co_return Next::close;
  if (exchange.refusal) {
    answer_refusal(exchange);
  } else {
    co_await run_handler(exchange);
  }
  co_return co_await send(exchange);
}

asio::awaitable<bool> Session::wait_for_request() {
  if (has_to_end() && !input_waits()) co_return false;
  if (first_head_by_) {
    set_deadline_at(*first_head_by_, OnExpiry::cancel);
  } else {
    set_deadline(options_.idle_timeout, OnExpiry::cancel);
  }
  const Waiting waiting(*this);
  idle_ = true;
  const std::size_t size = co_await read_more();
  idle_ = false;
  co_return size > 0;
}

asio::awaitable<bool> Session::receive_head(Exchange& exchange) {
  std::size_t searched = 0;
  std::optional<Waiting> waiting;
  for (;;) {
    // RFC 9112 §2.2: empty lines before the request line are skipped.
    while (received().starts_with("\r\n")) {
      buffer_.consume(2);
    }
    if (!may_begin_request(received())) {
      exchange.refusal = head_refusal(HeadError::malformed);
      break;
    }
    const auto end = find_head_end(received(), searched);
    searched = received().size();
    if (end.value_or(searched) > options_.header_bytes_max) {
      exchange.refusal = Refusal{{431, "header-too-large", "The header section is too large",
                                  "Request line and headers may have " +
                                      std::to_string(options_.header_bytes_max) + " bytes."},
                                 true};
      break;
    }
    if (end) {
      take_head(exchange, *end);
      break;
    }
    if (!waiting) {
      set_deadline_at(first_head_by_.value_or(Clock::now() + options_.header_timeout),
                      OnExpiry::cancel);
      waiting.emplace(*this);
    }
    if (co_await read_more() > 0) continue;
    if (!timed_out_) co_return false;
    exchange.refusal = Refusal{{408, "request-timeout", "The request came too slowly",
                                "The header section was not complete in time."},
                               true};
    break;
  }
  clear_deadline();
  co_return true;
}

void Session::take_head(Exchange& exchange, std::size_t length) {
  Request& request = exchange.request;
  request.remote_address = peer_.address;
  if (const auto error = parse_head(received().substr(0, length), exchange.head, request)) {
    exchange.refusal = head_refusal(*error);
  } else {
    exchange.refusal = check_framing(exchange.head, request, exchange.content_length);
  }
  buffer_.consume(length);
}

void Session::check(Exchange& exchange) {
  Request& request = exchange.request;
  auto& refusal = exchange.refusal;
  refusal = check_host(request, options_.allowed_hosts);
  ServerState& state = worker_.state();
  const bool is_open = state.authorizer == nullptr || !state.authorizer->is_required();
  if (!refusal) refusal = check_origin(request, is_open);
  if (refusal) return;
  exchange.match = state.router.find(request);
  if (state.authorizer) {
    const auto decision = state.authorizer->authorize(request, exchange.match.access);
    refusal = check_decision(decision, exchange.match.access);
  }
  const std::string_view client = request.client ? request.client->key : peer_.network;
  if (const auto wait = state.rate_limit.take(client, exchange.began)) {
    refusal = rate_refusal(*wait);
  }
  if (refusal) return;
  if (!exchange.match.handler) {
    refusal = route_refusal(exchange.match, request);
  } else {
    refusal = check_query(request);
    if (!refusal) {
      refusal = check_body(request, exchange.content_length, options_.body_bytes_max,
                           exchange.match.traits);
    }
    if (!refusal) refusal = check_preconditions(request);
  }
  if (!refusal && room_ == Room::reserve && !exchange.match.traits.is_vital) {
    refusal = Refusal{.problem = server_full, .headers = {{"Retry-After", "1"}}};
  }
}

asio::awaitable<bool> Session::receive_body(Exchange& exchange) {
  const std::size_t length = static_cast<std::size_t>(exchange.content_length);
  std::string& body = exchange.request.body;
  const bool nothing_came = buffer_.size() == 0;
  body.assign(received().substr(0, length));
  buffer_.consume(body.size());
  if (body.size() == length) co_return true;

  if (nothing_came && !exchange.head.http_1_0 && exchange.request.header("expect")) {
    const std::array parts{asio::buffer(go_on), asio::const_buffer{}, asio::const_buffer{}};
    if (!co_await write(parts)) co_return false;
  }
  set_deadline(options_.body_timeout, OnExpiry::cancel);
  const Waiting waiting(*this);
  for (std::size_t have = body.size(); have < length;) {
    // Grows with what has come: a client that sends little takes little.
    const std::size_t room = std::min(length, std::max(2 * have, body_bytes_at_first));
    if (!exchange.body_share.grow_to(room)) {
      exchange.refusal = bodies_full;
      break;
    }
    body.resize(room);
    const std::size_t size = co_await read_body(asio::buffer(body.data() + have, room - have));
    if (size == 0) {
      if (!timed_out_) co_return false;
      exchange.refusal = Refusal{{408, "request-timeout", "The request came too slowly",
                                  "The body was not complete in time."},
                                 true};
      break;
    }
    have += size;
    body.resize(have);
  }
  clear_deadline();
  co_return true;
}

}  // namespace orderflow::http
