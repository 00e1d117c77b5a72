#pragma once

#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

namespace orderflow::rabbitmq {

/// A text is no AMQP address; `what()` gives the reason, without a password.
class InvalidAddress : public std::invalid_argument {
 public:
  using std::invalid_argument::invalid_argument;
};

/// Where a broker is and who we are to it.
struct Address {
  bool tls = false;
  std::string user = "guest";
  std::optional<std::string> password = {};
  std::string host = "localhost";
  std::uint16_t port = 5672;
  std::string vhost = "/";

  /// As a URI for people: what needs it percent-encoded, the password masked.
  std::string shown() const;

  friend bool operator==(const Address&, const Address&) = default;
};

/// Reads `amqp[s]://[user[:password]@]host[:port][/vhost]` by RabbitMQ's URI specification
/// (rabbitmq.com/docs/uri-spec): user, password, host and virtual host percent-encoded, 5672 or
/// 5671 where no port is given. Without a path the virtual host is `/`; with an empty one
/// (`amqp://h/`) it is the virtual host of the empty name. Query and fragment are refused. Throws
/// `InvalidAddress`.
Address parse_address(std::string_view text);

}  // namespace orderflow::rabbitmq
