// What a client sends, through the server's own session: reading, parsing, the checks, the routes
// and the answers. The input's first byte decides how the others come: `0` all at once, any other
// in pieces too, and a letter also as a client that goes in the middle.
#include "fuzz/finding.hpp"
#include "fuzz/http_answers.hpp"
#include "fuzz/http_conversation.hpp"
#include "http/routing/preconditions.hpp"
#include "http/routing/request_checks.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <set>
#include <vector>

namespace orderflow::fuzz {
namespace {

using boost::asio::awaitable;
using http::Access;
using http::Method;
using http::Request;
using http::Response;

/// The requests that have come to a handler.
std::vector<Request>& seen() {
  static std::vector<Request> requests;
  return requests;
}

bool is_token(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
           std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
  });
}

std::size_t count_of(const Request& request, std::string_view name) {
  return static_cast<std::size_t>(std::ranges::count(
      request.headers, name, [](const auto& field) -> std::string_view { return field.first; }));
}

void check_headers(const Request& request) {
  for (const auto& [name, value] : request.headers) {
    require(is_token(name), "a header's name is a token in lower case", name);
    require(std::ranges::none_of(
                value, [](unsigned char c) { return (c < 0x20 && c != '\t') || c == 0x7f; }),
            "a header's value has no control characters", name);
  }
  require(count_of(request, "host") <= 1, "a request has one host, or none in HTTP/1.0");
  for (const char* name : {"authorization", "content-type", "origin", "sec-fetch-site"})
    require(count_of(request, name) <= 1, "a header of one value is there once", name);
  require(count_of(request, "transfer-encoding") == 0, "a request has no coding");
  require(count_of(request, "content-length") <= 1, "a request has one length");
}

/// What a handler relies on.
void check_request(const Request& request) {
  require(request.target.starts_with('/') && request.path.starts_with('/'), "a target is a path");
  require(std::ranges::all_of(request.target, [](char c) { return c > 0x20 && c < 0x7f; }),
          "a target is visible ASCII", request.target);
  check_headers(request);
  const std::string length(request.header("content-length").value_or("0"));
  require(request.body.size() == std::stoull(length), "a body has the length that it should");
  require(request.body.size() <= Conversations::body_bytes_max, "a body is bounded");
  require(!http::check_query(request), "a parameter of the query is there once");
  require(!http::check_preconditions(request), "nothing is changed under a false condition");
  for (const auto& [name, value] : request.path_parameters)
    require(!value.empty(), "a parameter of the path is not empty", name);
  const bool safe = request.method == Method::get || request.method == Method::head;
  require(safe || request.header("sec-fetch-site").value_or("none") != "cross-site",
          "no browser writes for another site");
  require(!request.trace.correlation_id.empty() && !request.trace.traceparent.empty(),
          "a request can be traced");
}

awaitable<Response> answer(Request& request) {
  check_request(request);
  seen().push_back(request);
  Response response;
  response.content_type = "application/json";
  response.body = nlohmann::json{{"bytes", request.body.size()}}.dump();
  co_return response;
}

class TwoChunks final : public http::BodyStream {
 public:
  awaitable<std::optional<std::string>> next() override {
    if (left_ == 0) co_return std::nullopt;
    --left_;
    co_return std::string("[]");
  }
  void stop() override { left_ = 0; }

 private:
  int left_ = 2;
};

awaitable<Response> stream(Request& request) {
  check_request(request);
  seen().push_back(request);
  Response response;
  response.content_type = "text/event-stream";
  response.stream = std::make_unique<TwoChunks>();
  co_return response;
}

awaitable<Response> refuse(Request& request) {
  check_request(request);
  throw http::Unavailable("the queue is full");
  co_return Response{};
}

awaitable<Response> nothing(Request& request) {
  check_request(request);
  seen().push_back(request);
  Response response;
  response.status = 204;
  co_return response;
}

const http::Router& routes() {
  static const http::Router all = [] {
    http::Router made;
    made.add(Method::get, "/", Access::open, answer);
    made.add(Method::get, "/v1/orders", Access::open, answer);
    made.add(Method::post, "/v1/orders", Access::open, answer);
    made.add(Method::get, "/v1/orders/{id}", Access::open, answer);
    made.add(Method::post, "/v1/orders/{id}/cancel", Access::open, answer);
    made.add(Method::put, "/v1/users/{id}/notifications", Access::open, answer);
    made.add(Method::patch, "/v1/webhooks/{id}", Access::open, answer);
    made.add(Method::del, "/v1/webhooks/{id}", Access::open, nothing);
    made.add(Method::post, "/unsubscribe/{token}", Access::open, answer,
             {.accepts = http::Accepts::anything});
    made.add(Method::get, "/v1/events/stream", Access::open, stream);
    made.add(Method::post, "/v1/admin/backup", Access::open, refuse);
    return made;
  }();
  return all;
}

void check_answers(const std::vector<Answer>& answers) {
  static const std::set<unsigned> expected{200, 204, 304, 400, 403, 404, 405, 411, 412,
                                           413, 415, 417, 421, 431, 501, 503, 505};
  for (const Answer& answer : answers) {
    require(expected.contains(answer.status), "the answer is one that the input can cause",
            std::to_string(answer.status));
    require(!answer.header("X-Correlation-ID").empty(), "an answer can be traced");
    require(answer.header("X-Content-Type-Options") == "nosniff", "an answer is taken for itself");
    if (answer.status >= 400) require_problem(answer);
  }
}

bool same(const Request& one, const Request& other) {
  return one.method == other.method && one.target == other.target && one.path == other.path &&
         one.query == other.query && one.path_parameters == other.path_parameters &&
         one.headers == other.headers && one.body == other.body;
}

/// The bytes come as they like: what is made of them is the same. A refused request whose body has
/// not come yet ends the connection, so that one of the two may be shorter.
void check_same(const std::vector<Answer>& whole, const std::vector<Answer>& pieces) {
  for (std::size_t i = 0; i < std::min(whole.size(), pieces.size()); ++i) {
    require(lasting_text(whole[i]) == lasting_text(pieces[i]),
            "an answer does not depend on how its request came",
            lasting_text(whole[i]) + "\nand\n" + lasting_text(pieces[i]));
  }
}

/// A request that was taken, written again, is the same request.
void check_rewritten(Conversations& conversations, const Request& request) {
  std::string bytes(to_string(request.method));
  bytes += " ";
  if (!request.target_authority.empty()) bytes += "http://" + request.target_authority;
  bytes += request.target;
  bytes += request.header("host") ? " HTTP/1.1\r\n" : " HTTP/1.0\r\n";
  for (const auto& [name, value] : request.headers)
    bytes.append(name).append(": ").append(value).append("\r\n");
  bytes += "\r\n";
  if (bytes.size() > Conversations::header_bytes_max) return;
  bytes += request.body;
  seen().clear();
  conversations.hold(bytes, 0);
  require(seen().size() == 1 && same(seen().front(), request),
          "a request, written again, is the same request", bytes);
}

void check(std::string_view input) {
  static Conversations conversations(routes());
  if (input.empty()) return;
  const auto pieces = static_cast<std::uint64_t>(static_cast<unsigned char>(input.front()) - '0');
  const std::string_view bytes = input.substr(1);

  seen().clear();
  const auto whole = read_answers(conversations.hold(bytes, 0));
  const std::vector<Request> requests = seen();
  check_answers(whole);
  require(requests.size() <= whole.size(), "every request is answered");

  if (pieces != 0) {
    const auto answers = read_answers(conversations.hold(bytes, pieces));
    check_answers(answers);
    check_same(whole, answers);
  }
  if (input.front() >= 'A') conversations.cut(bytes);
  for (std::size_t i = 0; i < std::min<std::size_t>(requests.size(), 2); ++i)
    check_rewritten(conversations, requests[i]);
  seen().clear();
}

}  // namespace
}  // namespace orderflow::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  orderflow::fuzz::check({reinterpret_cast<const char*>(data), size});
  return 0;
}
