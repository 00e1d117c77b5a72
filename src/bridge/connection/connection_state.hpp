#pragma once

namespace orderflow::bridge {

/// How a connection to the broker stands.
enum class ConnectionState {
  connecting,  ///< there is none; tried again with a backoff
  connected,
  blocked,  ///< connected, and the broker takes nothing because of an alarm; of publishing alone
  refused,  ///< the broker refuses it, or an event cannot be sent; tried again rarely
  stopped
};

const char* to_string(ConnectionState state) noexcept;

}  // namespace orderflow::bridge
