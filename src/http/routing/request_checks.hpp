#pragma once

#include "http/message/problem.hpp"
#include "http/message/request_head.hpp"
#include "http/routing/authorizer.hpp"
#include "http/routing/router.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// The checks between a parsed header section and a handler. Each returns the refusal of what is
/// wrong, or nothing.
namespace orderflow::http {

/// How a request is refused.
struct Refusal {
  Problem problem;
  bool close = false;  ///< the end of the message is uncertain: nothing after it is read
  Fields headers = {};
};

/// What the parser could not read.
Refusal head_refusal(HeadError error);

/// Framing that two parties could read differently (RFC 9112 §6.3, §11.2), a Host that is missing
/// or double, another header of one value that is, an unknown method, a target that is neither in
/// origin-form nor in absolute-form. Where all is well, `content_length` is set and `request` has
/// its path and query.
std::optional<Refusal> check_framing(const RequestHead& head, Request& request,
                                     std::uint64_t& content_length);

/// True where the request is for this machine's own name, `localhost` or one below it.
bool names_localhost(const Request& request);

/// The guard against DNS rebinding: the host of a request must be an IP literal, `localhost` or
/// below it, or one of `allowed` (lower case), with any port. Else 421.
std::optional<Refusal> check_host(const Request& request, const std::vector<std::string>& allowed);

/// The guard against cross-site requests: an unsafe method that a browser sends for another site is
/// refused by its Sec-Fetch-Site, or where that is absent by its Origin, with 403. A request with
/// neither does not come from a browser. Where no key is needed (`is_open`), a read that another
/// site causes is refused too, by its Sec-Fetch-Site, unless it is a navigation: a link that a
/// person follows.
std::optional<Refusal> check_origin(const Request& request, bool is_open);

/// The refusal by the authorizer's decision: 401, the same whatever is wrong with the key, or 403.
std::optional<Refusal> check_decision(Authorizer::Decision decision, Access needed);

/// The refusal of a client that sends faster than it may: 429 with Retry-After.
Refusal rate_refusal(std::chrono::seconds wait);

/// The refusal where the router found no handler: 404, or 405 with Allow.
Refusal route_refusal(const Router::Match& match, const Request& request);

/// A query parameter that is given twice, of which one would be ignored: 400.
std::optional<Refusal> check_query(const Request& request);

/// The body's declared type, coding, size and expectation: 415, 413, 417.
std::optional<Refusal> check_body(const Request& request, std::uint64_t content_length,
                                  std::size_t body_bytes_max, const RouteTraits& traits = {});

}  // namespace orderflow::http
