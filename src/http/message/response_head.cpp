#include "http/message/response_head.hpp"

#include <boost/beast/core/string.hpp>
#include <boost/beast/http/status.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <stdexcept>

namespace orderflow::http {
namespace {

using boost::beast::iequals;

void append_field(std::string& out, std::string_view name, std::string_view value) {
  out.append(name).append(": ").append(value).append("\r\n");
}

bool is_plain_text(std::string_view text) noexcept {
  return std::all_of(text.begin(), text.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return (byte >= 0x20 && byte != 0x7f) || byte == '\t';
  });
}

bool is_ours(std::string_view name) noexcept {
  constexpr std::array<std::string_view, 8> ours{
      "Date",         "Content-Length", "Transfer-Encoding", "Connection",
      "Content-Type", "traceparent",    "X-Correlation-ID",  "Strict-Transport-Security"};
  return std::any_of(ours.begin(), ours.end(),
                     [&](std::string_view own) { return iequals(name, own); });
}

}  // namespace

void append_response_head(std::string& out, const Response& response,
                          const core::TraceContext& trace, const ResponseFraming& framing) {
  const auto status = static_cast<boost::beast::http::status>(response.status);
  const auto reason = boost::beast::http::obsolete_reason(status);
  out.append("HTTP/1.1 ").append(std::to_string(response.status)).append(" ");
  out.append(reason.data(), reason.size()).append("\r\n");
  append_field(out, "Date", framing.date);
  if (framing.content_length) {
    append_field(out, "Content-Length", std::to_string(*framing.content_length));
  }
  if (framing.chunked) append_field(out, "Transfer-Encoding", "chunked");
  if (framing.close) append_field(out, "Connection", "close");
  if (framing.keep_alive) append_field(out, "Connection", "keep-alive");
  if (!response.content_type.empty()) append_field(out, "Content-Type", response.content_type);
  bool cache_control = false;
  for (const auto& [name, value] : response.headers) {
    append_field(out, name, value);
    cache_control = cache_control || iequals(name, "Cache-Control");
  }
  if (!cache_control) append_field(out, "Cache-Control", "no-store");
  append_field(out, "X-Content-Type-Options", "nosniff");
  if (framing.strict_transport) {
    append_field(out, "Strict-Transport-Security", "max-age=31536000");
  }
  append_field(out, "X-Correlation-ID", trace.correlation_id);
  append_field(out, "traceparent", trace.traceparent);
  out.append("\r\n");
}

void append_chunk_size(std::string& out, std::size_t size) {
  std::array<char, 2 * sizeof size> digits{};
  const auto result = std::to_chars(digits.data(), digits.data() + digits.size(), size, 16);
  out.append(digits.data(), result.ptr).append("\r\n");
}

void require_sendable(const Response& response) {
  if (response.status < 200 || response.status > 599) {
    throw std::logic_error("not a final status: " + std::to_string(response.status));
  }
  if (!is_plain_text(response.content_type)) throw std::logic_error("bad content type");
  for (const auto& [name, value] : response.headers) {
    const bool token = !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
      return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
             std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
    });
    if (!token || is_ours(name) || !is_plain_text(value)) {
      throw std::logic_error("a response header cannot be sent: \"" + name + "\"");
    }
  }
}

}  // namespace orderflow::http
