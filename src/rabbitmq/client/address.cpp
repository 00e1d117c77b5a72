#include "rabbitmq/client/address.hpp"

#include "config/problem.hpp"
#include "core/text.hpp"

#include <charconv>
#include <utility>

namespace orderflow::rabbitmq {
namespace {

constexpr std::size_t text_size_max = 255;  // a short string of AMQP

std::optional<int> hex_digit(char c) noexcept {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return std::nullopt;
}

std::string decode(std::string_view text, const char* what) {
  std::string decoded;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      decoded += text[i];
      continue;
    }
    const auto high = i + 2 < text.size() ? hex_digit(text[i + 1]) : std::nullopt;
    const auto low = i + 2 < text.size() ? hex_digit(text[i + 2]) : std::nullopt;
    if (!high || !low) {
      throw InvalidAddress(std::string(what) + ": % must be followed by two hexadecimal digits");
    }
    decoded += static_cast<char>(*high * 16 + *low);
    i += 2;
  }
  for (const char c : decoded) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
      throw InvalidAddress(std::string(what) + ": control characters are not allowed");
    }
  }
  if (decoded.size() > text_size_max) {
    throw InvalidAddress(std::string(what) + ": at most 255 bytes are allowed");
  }
  return decoded;
}

std::string encode(std::string_view text) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string encoded;
  for (const char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '-' || c == '.' || c == '_' || c == '~';
    if (plain) {
      encoded += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      encoded += '%';
      encoded += digits[byte >> 4];
      encoded += digits[byte & 15];
    }
  }
  return encoded;
}

std::uint16_t parse_port(std::string_view text) {
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error != std::errc{} || end != text.data() + text.size() || port == 0) {
    throw InvalidAddress("the port must be a number from 1 to 65535");
  }
  return port;
}

/// Takes `amqp://` or `amqps://` off the front.
bool take_scheme(std::string_view& text) {
  const std::size_t colon = text.find("://");
  const std::string scheme =
      colon == std::string_view::npos ? "" : core::lower_case(text.substr(0, colon));
  if (scheme != "amqp" && scheme != "amqps") {
    throw InvalidAddress("an address begins with amqp:// or amqps://");
  }
  text.remove_prefix(colon + 3);
  return scheme == "amqps";
}

void read_user(std::string_view text, Address& address) {
  const std::size_t colon = text.find(':');
  address.user = decode(text.substr(0, colon), "user");
  if (address.user.empty()) throw InvalidAddress("the user's name is empty");
  if (colon != std::string_view::npos) {
    address.password = decode(text.substr(colon + 1), "password");
  }
}

void read_host(std::string_view text, Address& address) {
  std::string_view host = text;
  std::string_view port;
  if (text.starts_with('[')) {
    const std::size_t end = text.find(']');
    if (end == std::string_view::npos) throw InvalidAddress("the host's [ is not closed");
    host = text.substr(1, end - 1);
    port = text.substr(end + 1);
    if (!port.empty() && port.front() != ':') {
      throw InvalidAddress("behind the host's ] only a port may stand");
    }
  } else if (const std::size_t colon = text.find(':'); colon != std::string_view::npos) {
    host = text.substr(0, colon);
    port = text.substr(colon);
  }
  if (!port.empty()) address.port = parse_port(port.substr(1));
  if (!host.empty()) address.host = decode(host, "host");
  if (address.host.find_first_of(" /\\@") != std::string::npos) {
    throw InvalidAddress("the host has a character that no host has");
  }
}

}  // namespace

std::string Address::shown() const {
  const bool is_v6 = host.find(':') != std::string::npos;
  std::string text = (tls ? "amqps://" : "amqp://") + encode(user);
  if (password) text += ":" + std::string(config::secret_mask);
  text += "@" + (is_v6 ? "[" + host + "]" : encode(host)) + ":" + std::to_string(port);
  return vhost == "/" ? text : text + "/" + encode(vhost);
}

Address parse_address(std::string_view text) {
  if (text.find_first_of("?#") != std::string_view::npos) {
    throw InvalidAddress(
        "a query or fragment is not allowed: such options are settings of their own, and ? and # "
        "in a name or password are written %3F and %23");
  }
  Address address;
  address.tls = take_scheme(text);
  address.port = address.tls ? 5671 : 5672;

  const std::size_t slash = text.find('/');
  const std::string_view authority = text.substr(0, slash);
  const std::size_t at = authority.rfind('@');
  if (at != std::string_view::npos) read_user(authority.substr(0, at), address);
  read_host(at == std::string_view::npos ? authority : authority.substr(at + 1), address);

  if (slash != std::string_view::npos) {
    const std::string_view vhost = text.substr(slash + 1);
    if (vhost.find('/') != std::string_view::npos) {
      throw InvalidAddress("a / in the virtual host is written %2F");
    }
    address.vhost = decode(vhost, "virtual host");
  }
  return address;
}

}  // namespace orderflow::rabbitmq
