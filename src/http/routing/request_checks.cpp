#include "http/routing/request_checks.hpp"

#include "core/text.hpp"
#include "http/message/target.hpp"

#include <boost/asio/ip/address.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace orderflow::http {
namespace {

Refusal malformed(std::string detail) {
  return {{400, "malformed-request", "The request is malformed", std::move(detail)}, true};
}

std::string_view trimmed(std::string_view text) noexcept {
  const std::size_t first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

std::ptrdiff_t count_of(const Request& request, std::string_view name) noexcept {
  return std::count_if(request.headers.begin(), request.headers.end(),
                       [&](const auto& field) { return field.first == name; });
}

std::optional<std::uint64_t> parse_number(std::string_view text) noexcept {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

/// The host of a Host header in lower case, brackets kept; nothing where it is malformed.
std::optional<std::string> host_without_port(std::string_view value) {
  const std::size_t after_literal = value.starts_with('[') ? value.find(']') : 0;
  if (after_literal == std::string_view::npos) return std::nullopt;
  const std::size_t colon = value.find(':', after_literal);
  if (colon != std::string_view::npos) {
    const std::string_view port = value.substr(colon + 1);
    const auto number = parse_number(port);
    if (!port.empty() && (!number || *number > 65535)) return std::nullopt;
  }
  const std::string_view host = value.substr(0, colon);
  if (host.empty() || (host.front() == '[' && host.back() != ']')) return std::nullopt;
  return core::lower_case(host);
}

bool is_localhost(std::string_view host) noexcept {
  return host == "localhost" || host.ends_with(".localhost");
}

bool is_ip_literal(const std::string& host) {
  boost::system::error_code error;
  if (host.front() == '[') {
    const std::string inner = host.substr(1, host.size() - 2);
    boost::asio::ip::make_address_v6(inner, error);
    return !error && inner.find('%') == std::string::npos;
  }
  boost::asio::ip::make_address_v4(host, error);
  return !error;
}

/// True for `application/json` and `application/…+json`, in UTF-8 where a charset is named.
bool is_json(std::string_view content_type) {
  const std::string value = core::lower_case(content_type);
  std::string_view rest = value;
  const auto next_part = [&rest] {
    const std::size_t end = std::min(rest.find(';'), rest.size());
    const std::string_view part = trimmed(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
    return part;
  };
  const std::string_view type = next_part();
  constexpr std::string_view prefix = "application/";
  constexpr std::string_view suffix = "+json";
  const bool suffixed = type.starts_with(prefix) && type.ends_with(suffix) &&
                        type.size() > prefix.size() + suffix.size();
  if (type != "application/json" && !suffixed) return false;
  while (!rest.empty()) {
    const std::string_view parameter = next_part();
    if (parameter.starts_with("charset=") && parameter != "charset=utf-8" &&
        parameter != "charset=\"utf-8\"") {
      return false;
    }
  }
  return true;
}

/// True where a body is labelled as gzip or the like: read as it is it would be something else.
bool is_encoded(const Request& request) {
  return std::ranges::any_of(request.headers, [](const auto& header) {
    return header.first == "content-encoding" && !header.second.empty() &&
           core::lower_case(header.second) != "identity";
  });
}

/// Headers with a single value: of several, two parties could take different ones (RFC 9110 §5.3).
/// Host and Content-Length are checked separately.
constexpr std::array<std::string_view, 7> single_headers{
    "authorization", "content-type", "if-modified-since", "if-unmodified-since",
    "last-event-id", "origin",       "sec-fetch-site"};

std::optional<std::string_view> repeated_header(const Request& request) noexcept {
  const auto found = std::ranges::find_if(
      single_headers, [&](std::string_view name) { return count_of(request, name) > 1; });
  if (found == single_headers.end()) return std::nullopt;
  return *found;
}

}  // namespace

Refusal head_refusal(HeadError error) {
  if (error == HeadError::version_not_supported) {
    return {{505, "http-version-not-supported", "HTTP version not supported",
             "The request line must end in HTTP/1.1 or HTTP/1.0."},
            true};
  }
  return malformed("The request line or a header line does not follow RFC 9112.");
}

std::optional<Refusal> check_framing(const RequestHead& head, Request& request,
                                     std::uint64_t& content_length) {
  if (head.folded) return malformed("A header line is folded over several lines.");
  if (request.header("transfer-encoding")) {
    return Refusal{{411, "length-required", "Content-Length required",
                    "Bodies are taken with a Content-Length only; send no Transfer-Encoding."},
                   true};
  }
  content_length = 0;
  if (const auto length = request.header("content-length")) {
    const auto number = parse_number(*length);
    if (!number || count_of(request, "content-length") != 1) {
      return malformed("Content-Length must be there once and be a decimal number.");
    }
    content_length = *number;
  }
  // RFC 9112 §3.2: HTTP/1.0 has no Host.
  const auto hosts = count_of(request, "host");
  if (hosts > 1 || (hosts == 0 && !head.http_1_0)) {
    return malformed("There must be exactly one Host header.");
  }
  if (const auto repeated = repeated_header(request)) {
    return malformed("The header " + std::string(*repeated) + " must be there once.");
  }
  if (!head.method_known) {
    return Refusal{{501, "method-not-implemented", "Method not implemented",
                    "The method " + head.method + " is not known to this server."},
                   true};
  }
  const bool visible = std::all_of(request.target.begin(), request.target.end(),
                                   [](char c) { return c > 0x20 && c < 0x7f; });
  if (!visible || !parse_target(request)) {
    return malformed(
        "The request target must be a path, or an http URI without a user, percent-encoded by RFC"
        " 3986, and its path in UTF-8 without NUL.");
  }
  return std::nullopt;
}

bool names_localhost(const Request& request) {
  const auto host = host_without_port(request.authority().value_or(std::string_view{}));
  return host && is_localhost(*host);
}

std::optional<Refusal> check_host(const Request& request, const std::vector<std::string>& allowed) {
  const auto authority = request.authority();
  // HTTP/1.0 may name none; no browser uses it.
  if (!authority) return std::nullopt;
  if (const auto host = host_without_port(*authority)) {
    if (is_localhost(*host)) return std::nullopt;
    if (std::find(allowed.begin(), allowed.end(), *host) != allowed.end()) return std::nullopt;
    if (is_ip_literal(*host)) return std::nullopt;
  }
  return Refusal{{421, "host-not-allowed", "This server does not answer for that host",
                  "The request is for \"" + std::string(*authority) +
                      "\". An IP address, localhost and the names in the setting of allowed hosts "
                      "are accepted."}};
}

std::optional<Refusal> check_origin(const Request& request, bool is_open) {
  const auto site = request.header("sec-fetch-site");
  const bool is_read = is_safe(request.method);
  const bool is_foreign_read =
      is_open && site == "cross-site" && request.header("sec-fetch-mode") != "navigate";
  if (is_read && !is_foreign_read) return std::nullopt;
  Refusal refusal{{403, "cross-origin-request", "Cross-origin request refused",
                   "A browser sent this request for another site."}};
  if (site) {
    if (*site == "same-origin" || *site == "none") return std::nullopt;
    return refusal;
  }
  const auto origin = request.header("origin");
  if (!origin) return std::nullopt;
  const std::size_t scheme_end = origin->find("://");
  if (scheme_end != std::string_view::npos) {
    const std::string host = core::lower_case(origin->substr(scheme_end + 3));
    const auto authority = request.authority();
    if (authority && host == core::lower_case(*authority)) return std::nullopt;
  }
  return refusal;
}

std::optional<Refusal> check_decision(Authorizer::Decision decision, Access needed) {
  using Decision = Authorizer::Decision;
  if (decision == Decision::authorized) return std::nullopt;
  if (decision == Decision::unknown) {
    return Refusal{.problem = {401, "key-required", "A valid API key is required",
                               "Send a valid key as Authorization: Bearer <key>."},
                   .headers = {{"WWW-Authenticate", "Bearer realm=\"orderflow\""}}};
  }
  const std::string scope(needed.scope_name());
  return Refusal{.problem = {403, "scope-required", "The API key may not do this",
                             "This needs a key with the scope " + scope + "."},
                 .headers = {{"WWW-Authenticate",
                              "Bearer realm=\"orderflow\", error=\"insufficient_scope\","
                              " scope=\"" +
                                  scope + "\""}}};
}

Refusal rate_refusal(std::chrono::seconds wait) {
  return {.problem = {429, "too-many-requests", "Too many requests",
                      "This client sends more requests than it may; see Retry-After."},
          .headers = {{"Retry-After", std::to_string(wait.count())}}};
}

Refusal route_refusal(const Router::Match& match, const Request& request) {
  if (match.allowed.empty()) {
    return {{404, "route-not-found", "No such route", "There is nothing at " + request.path + "."}};
  }
  Refusal refusal{{405, "method-not-allowed", "Method not allowed",
                   request.path + " allows " + match.allowed + "."}};
  refusal.headers.emplace_back("Allow", match.allowed);
  return refusal;
}

std::optional<Refusal> check_query(const Request& request) {
  std::vector<std::string_view> names;
  names.reserve(request.query.size());
  for (const auto& [name, value] : request.query)
    names.push_back(name);
  std::ranges::sort(names);
  core::FieldErrors errors;
  for (auto at = names.begin(); !errors.is_full();) {
    at = std::adjacent_find(at, names.end());
    if (at == names.end()) break;
    errors.push_back({std::string(*at), "must be given once"});
    at = std::upper_bound(at, names.end(), *at);
  }
  if (errors.empty()) return std::nullopt;
  return Refusal{{400, "bad-parameter", "A query parameter is not valid",
                  "See errors for each parameter.", std::move(errors)}};
}

std::optional<Refusal> check_body(const Request& request, std::uint64_t content_length,
                                  std::size_t body_bytes_max, const RouteTraits& traits) {
  if (traits.body_bytes_max > 0) body_bytes_max = std::min(body_bytes_max, traits.body_bytes_max);
  if (const auto expectation = request.header("expect")) {
    if (core::lower_case(*expectation) != "100-continue") {
      return Refusal{{417, "expectation-failed", "Expectation failed",
                      "The only expectation that can be met is 100-continue."}};
    }
  }
  if (content_length > body_bytes_max) {
    return Refusal{{413, "body-too-large", "The body is too large",
                    "The body has " + std::to_string(content_length) + " bytes; at most " +
                        std::to_string(body_bytes_max) + " are accepted."}};
  }
  const bool carries_content = request.method == Method::post || request.method == Method::put ||
                               request.method == Method::patch;
  if (content_length > 0 && is_encoded(request)) {
    return Refusal{.problem = {415, "unsupported-content-coding", "The body must not be encoded",
                               "Bodies are taken as they are; send no Content-Encoding."},
                   .headers = {{"Accept-Encoding", "identity"}}};
  }
  if (traits.accepts == Accepts::json && carries_content && content_length > 0 &&
      !is_json(request.header("content-type").value_or(std::string_view{}))) {
    return Refusal{{415, "unsupported-media-type", "Content-Type must be JSON",
                    "Send the body as application/json in UTF-8."}};
  }
  return std::nullopt;
}

}  // namespace orderflow::http
