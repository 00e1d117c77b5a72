#pragma once

#include "rabbitmq/client/connection.hpp"
#include "rabbitmq/client/rabbitmq_c.hpp"
#include "rabbitmq/client/tls_context.hpp"
#include "rabbitmq/client/watchdog.hpp"

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace orderflow::rabbitmq {

/// A connection of rabbitmq-c, logged in, and what its failures mean. Of `Connection` and `Channel`
/// alone, on their thread.
class Link {
 public:
  Link(const ConnectionOptions& options, Watchdog& watchdog);
  ~Link();
  Link(const Link&) = delete;
  Link& operator=(const Link&) = delete;

  amqp_connection_state_t state() const noexcept { return state_.get(); }
  int descriptor() const noexcept { return watch_->descriptor(); }

  /// While it lives the watchdog looks on.
  Watchdog::Guard guard() { return Watchdog::Guard(*watch_); }

  /// Throws `ConnectionLost` where a call of rabbitmq-c has returned a failure.
  void check_sent(int status, const char* doing);
  /// The same, and `BrokerRefused` where the broker has closed `channel` or the connection for a
  /// reason that lasts.
  void check_reply(const amqp_rpc_reply_t& reply, ChannelNumber channel, const std::string& doing);
  /// Throws for a failure that is the connection's end.
  [[noreturn]] void fail(int status, const std::string& doing);
  /// Answers the broker's goodbye and throws what it means.
  [[noreturn]] void fail_closed(const amqp_connection_close_t& close, const std::string& doing);
  /// Answers and frees the number.
  void accept_channel_close(ChannelNumber channel);

  ChannelNumber take_channel();
  void free_channel(ChannelNumber channel);

  bool blocked = false;
  std::string product;
  std::string version;
  std::vector<amqp_table_entry_t> entries;  ///< room that publishing uses again and again
  std::chrono::milliseconds poll_limit{};   ///< half a heartbeat

 private:
  struct Destroy {
    void operator()(amqp_connection_state_t state) const noexcept {
      amqp_destroy_connection(state);
    }
  };

  amqp_socket_t* make_socket(const ConnectionOptions& options);
  void open_socket(amqp_socket_t* socket, const ConnectionOptions& options);
  void log_in(const ConnectionOptions& options);
  [[noreturn]] void refuse_login(const amqp_rpc_reply_t& reply, const ConnectionOptions& options);
  void read_server_properties();
  void close_gracefully() noexcept;

  std::string shown_address_;
  std::optional<TlsContext> tls_;
  std::unique_ptr<amqp_connection_state_t_, Destroy> state_;
  std::optional<Watchdog::Watch> watch_;
  std::vector<bool> channels_;  ///< by number; whether it is taken
  bool lost_ = false;
};

}  // namespace orderflow::rabbitmq
