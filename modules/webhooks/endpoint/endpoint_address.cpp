#include "endpoint/endpoint_address.hpp"

#include "core/text.hpp"
#include "core/trace_context.hpp"
#include "outbound/public_address.hpp"

#include <boost/asio/ip/address.hpp>
#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>

#include <algorithm>
#include <charconv>

namespace orderflow::webhooks {
namespace {

constexpr std::size_t url_length_max = 2048;

bool is_digit(char c) noexcept {
  return c >= '0' && c <= '9';
}

/// Resolvers read such names as IPv4 addresses: "2130706433", "0x7f.1", "127.1".
bool is_number_in_disguise(std::string_view host) noexcept {
  const std::string_view last = host.substr(host.rfind('.') + 1);  // npos + 1 is 0
  return std::ranges::all_of(last, is_digit) || last.starts_with("0x");
}

bool is_name(std::string_view host) noexcept {
  const auto fits = [](char c) {
    return (c >= 'a' && c <= 'z') || is_digit(c) || c == '-' || c == '.' || c == '_';
  };
  return host.size() <= 253 && std::ranges::all_of(host, fits) && !host.starts_with('.') &&
         host.find("..") == std::string_view::npos;
}

std::optional<std::string> refusal_of_ip(std::string_view text) {
  boost::system::error_code bad;
  const auto address = boost::asio::ip::make_address(std::string(text), bad);
  if (!bad && outbound::is_public(address)) return std::nullopt;
  return "the host must be a public address, and " + std::string(text) + " is not";
}

std::optional<std::string> refusal_of_host(const boost::urls::url_view& url) {
  using boost::urls::host_type;
  const std::string encoded = core::lower_case(url.encoded_host());
  if (url.host_type() == host_type::ipv4) return refusal_of_ip(encoded);
  if (url.host_type() == host_type::ipv6) {
    return refusal_of_ip(std::string_view(encoded).substr(1, encoded.size() - 2));
  }
  std::string_view host = encoded;
  if (host.ends_with('.')) host.remove_suffix(1);
  if (url.host_type() != host_type::name || host.empty() || !is_name(host)) {
    return "the host must be a name of letters, digits, dots and hyphens (others in Punycode)";
  }
  if (is_number_in_disguise(host)) {
    return "the host must be a name or an IP address in its usual form";
  }
  if (host == "localhost" || host.ends_with(".localhost")) {
    return "the host must be public, and " + std::string(host) + " is this machine";
  }
  return std::nullopt;
}

bool is_port(std::string_view text) noexcept {
  unsigned port = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), port);
  return read.ec == std::errc{} && read.ptr == text.data() + text.size() && port >= 1 &&
         port <= 65535;
}

}  // namespace

std::optional<std::string> refusal_of_address(std::string_view text, bool allow_private) {
  if (!core::is_visible_ascii(text, url_length_max)) {
    return "must be a URL of 1 to 2048 visible ASCII characters";
  }
  const auto parsed = boost::urls::parse_uri(text);
  if (!parsed) return "must be an absolute URL, such as https://example.com/hooks";
  const boost::urls::url_view& url = *parsed;
  const std::string scheme = core::lower_case(url.scheme());
  if (scheme != "https" && !(allow_private && scheme == "http")) {
    return "must begin with https://";
  }
  if (!url.has_authority() || url.encoded_host().empty()) return "must name a host";
  if (url.has_userinfo()) return "must not carry a user name or password";
  if (url.has_fragment()) return "must not have a fragment (#)";
  if (url.has_port() && !is_port(url.port())) return "the port must be from 1 to 65535";
  return allow_private ? std::nullopt : refusal_of_host(url);
}

}  // namespace orderflow::webhooks
