#include "rabbitmq/client/link.hpp"

#include "rabbitmq/client/wire.hpp"

#include <sys/time.h>

#include <cerrno>
#include <new>
#include <system_error>

namespace orderflow::rabbitmq {
namespace {

constexpr int channels_max = 2047;
constexpr int frame_size_max = 131'072;
constexpr std::chrono::milliseconds goodbye_limit{2'000};

timeval to_timeval(std::chrono::milliseconds duration) {
  return {.tv_sec = duration.count() / 1'000, .tv_usec = duration.count() % 1'000 * 1'000};
}

std::string in_words(std::chrono::milliseconds duration) {
  return std::to_string(duration.count()) + " ms";
}

/// Whether the broker will answer the same the next time (reply codes of AMQP 0-9-1).
bool is_lasting(int code) noexcept {
  switch (code) {
    case 402:  // invalid path
    case AMQP_ACCESS_REFUSED:
    case AMQP_NOT_FOUND:
    case AMQP_RESOURCE_LOCKED:
    case AMQP_PRECONDITION_FAILED:
    case AMQP_NOT_ALLOWED:
    case AMQP_NOT_IMPLEMENTED:
      return true;
    default:
      return false;
  }
}

std::string broker_reply(int code, amqp_bytes_t text) {
  return "the broker answered " + std::to_string(code) + " " + to_words(text);
}

amqp_table_entry_t text_entry(const char* name, const std::string& value) {
  amqp_table_entry_t entry{};
  entry.key = amqp_cstring_bytes(name);
  entry.value.kind = AMQP_FIELD_KIND_UTF8;
  entry.value.value.bytes = to_bytes(value);
  return entry;
}

amqp_table_entry_t flag_entry(const char* name) {
  amqp_table_entry_t entry{};
  entry.key = amqp_cstring_bytes(name);
  entry.value.kind = AMQP_FIELD_KIND_BOOLEAN;
  entry.value.value.boolean = 1;
  return entry;
}

}  // namespace

Link::Link(const ConnectionOptions& options, Watchdog& watchdog)
    : shown_address_(options.address.shown()), state_(amqp_new_connection()) {
  if (!state_) throw std::bad_alloc();
  const timeval connect_limit = to_timeval(options.connect_timeout);
  const timeval stuck_limit = to_timeval(options.stuck_timeout);
  amqp_set_handshake_timeout(state(), &connect_limit);
  amqp_set_rpc_timeout(state(), &stuck_limit);
  open_socket(make_socket(options), options);
  watch_.emplace(watchdog, amqp_get_sockfd(state()), options.stuck_timeout);
  log_in(options);
  read_server_properties();
  const std::chrono::seconds agreed(amqp_get_heartbeat(state()));
  poll_limit = std::chrono::milliseconds(agreed.count() > 0 ? agreed : options.heartbeat) / 2;
}

Link::~Link() {
  if (!lost_ && !blocked) close_gracefully();
  // Nothing that is done on the socket from here on can wait for the broker.
  watch_->shut_down();
}

amqp_socket_t* Link::make_socket(const ConnectionOptions& options) {
  if (!options.address.tls) {
    amqp_socket_t* socket = amqp_tcp_socket_new(state());
    if (socket == nullptr) throw std::bad_alloc();
    return socket;
  }
  amqp_socket_t* socket = amqp_ssl_socket_new(state());
  if (socket == nullptr) throw std::bad_alloc();
  amqp_ssl_socket_set_verify_hostname(socket, 0);  // the context does, for addresses too
  tls_.emplace(static_cast<SSL_CTX*>(amqp_ssl_socket_get_context(socket)), options.tls,
               options.address.host);
  return socket;
}

void Link::open_socket(amqp_socket_t* socket, const ConnectionOptions& options) {
  const timeval limit = to_timeval(options.connect_timeout);
  const Address& address = options.address;
  errno = 0;
  const int status = amqp_socket_open_noblock(socket, address.host.c_str(), address.port, &limit);
  const int error = errno;
  if (status == AMQP_STATUS_OK) return;
  if (tls_ && status <= AMQP_STATUS_SSL_ERROR) {
    if (const auto refusal = tls_->refusal()) {
      throw bridge::BrokerRefused(0, shown_address_ + ": TLS: " + *refusal);
    }
  }
  std::string reason = amqp_error_string2(status);
  if (status == AMQP_STATUS_TIMEOUT)
    reason = "no answer within " + in_words(options.connect_timeout);
  if (status == AMQP_STATUS_SOCKET_ERROR) {
    // What the connect itself met is known to rabbitmq-c alone.
    reason = error == 0 || error == EINPROGRESS ? "nobody takes connections there"
                                                : std::generic_category().message(error);
  }
  throw bridge::BrokerUnreachable("cannot connect to " + shown_address_ + ": " + reason);
}

void Link::log_in(const ConnectionOptions& options) {
  const std::string product_name = "orderflow";
  std::vector<amqp_table_entry_t> capabilities{
      flag_entry("authentication_failure_close"), flag_entry("connection.blocked"),
      flag_entry("consumer_cancel_notify"), flag_entry("publisher_confirms"),
      flag_entry("basic.nack")};
  std::vector<amqp_table_entry_t> properties{text_entry("product", product_name)};
  if (!options.version.empty()) properties.push_back(text_entry("version", options.version));
  if (!options.name.empty()) properties.push_back(text_entry("connection_name", options.name));
  amqp_table_entry_t capability_entry{};
  capability_entry.key = amqp_cstring_bytes("capabilities");
  capability_entry.value.kind = AMQP_FIELD_KIND_TABLE;
  capability_entry.value.value.table = {.num_entries = static_cast<int>(capabilities.size()),
                                        .entries = capabilities.data()};
  properties.push_back(capability_entry);
  const amqp_table_t table{.num_entries = static_cast<int>(properties.size()),
                           .entries = properties.data()};

  const Address& address = options.address;
  const std::string password = address.password.value_or("guest");
  const Watchdog::Guard watched = guard();
  const amqp_rpc_reply_t reply =
      amqp_login_with_properties(state(), address.vhost.c_str(), channels_max, frame_size_max,
                                 static_cast<int>(options.heartbeat.count()), &table,
                                 AMQP_SASL_METHOD_PLAIN, address.user.c_str(), password.c_str());
  if (reply.reply_type != AMQP_RESPONSE_NORMAL) refuse_login(reply, options);
}

void Link::refuse_login(const amqp_rpc_reply_t& reply, const ConnectionOptions& options) {
  lost_ = true;
  const bool closed_gracefully = reply.reply_type == AMQP_RESPONSE_SERVER_EXCEPTION &&
                                 reply.reply.id == AMQP_CONNECTION_CLOSE_METHOD;
  if (closed_gracefully) {
    const auto& close = *static_cast<const amqp_connection_close_t*>(reply.reply.decoded);
    const std::string words =
        "login at " + shown_address_ + ": " + broker_reply(close.reply_code, close.reply_text);
    if (is_lasting(close.reply_code)) throw bridge::BrokerRefused(close.reply_code, words);
    throw bridge::BrokerUnreachable(words);
  }
  const int status = reply.library_error;
  if (tls_ && status != AMQP_STATUS_TIMEOUT) {
    if (const auto refusal = tls_->refusal()) {
      throw bridge::BrokerRefused(0, shown_address_ + ": TLS: " + *refusal);
    }
  }
  if (status == AMQP_STATUS_BROKER_UNSUPPORTED_SASL_METHOD) {
    throw bridge::BrokerRefused(AMQP_ACCESS_REFUSED, "login at " + shown_address_ +
                                                         ": the broker takes no passwords (PLAIN)");
  }
  if (status == AMQP_STATUS_TIMEOUT || watch_->has_cut()) {
    throw bridge::BrokerUnreachable(shown_address_ + " takes connections and does not answer for " +
                                    in_words(options.connect_timeout));
  }
  throw bridge::BrokerUnreachable("login at " + shown_address_ + ": " + amqp_error_string2(status));
}

void Link::read_server_properties() {
  const amqp_table_t* table = amqp_get_server_properties(state());
  for (const auto& [name, value] : to_fields(*table)) {
    const auto* text = std::get_if<std::string>(&value);
    if (text != nullptr && name == "product") product = *text;
    if (text != nullptr && name == "version") version = *text;
  }
}

void Link::close_gracefully() noexcept {
  const timeval limit = to_timeval(goodbye_limit);
  amqp_set_rpc_timeout(state(), &limit);
  const Watchdog::Guard watched = guard();
  amqp_connection_close(state(), AMQP_REPLY_SUCCESS);
}

void Link::fail(int status, const std::string& doing) {
  lost_ = true;
  const std::string what = "connection to " + shown_address_ + " lost while " + doing + ": ";
  if (watch_->has_cut()) {
    throw bridge::ConnectionLost(what + "no answer within " + in_words(watch_->limit()) + ", cut");
  }
  throw bridge::ConnectionLost(what + amqp_error_string2(status));
}

void Link::fail_closed(const amqp_connection_close_t& close, const std::string& doing) {
  lost_ = true;
  const int code = close.reply_code;
  const std::string words = "connection to " + shown_address_ + " closed while " + doing + ": " +
                            broker_reply(code, close.reply_text);
  amqp_connection_close_ok_t answer{};
  {
    const Watchdog::Guard watched = guard();
    amqp_send_method(state(), 0, AMQP_CONNECTION_CLOSE_OK_METHOD, &answer);
  }
  if (is_lasting(code)) throw bridge::BrokerRefused(code, words);
  throw bridge::ConnectionLost(words);
}

void Link::accept_channel_close(ChannelNumber channel) {
  amqp_channel_close_ok_t answer{};
  int status = AMQP_STATUS_OK;
  {
    const Watchdog::Guard watched = guard();
    status = amqp_send_method(state(), channel, AMQP_CHANNEL_CLOSE_OK_METHOD, &answer);
  }
  check_sent(status, "closing a channel");
  free_channel(channel);
}

void Link::check_sent(int status, const char* doing) {
  if (status != AMQP_STATUS_OK) fail(status, doing);
}

void Link::check_reply(const amqp_rpc_reply_t& reply, ChannelNumber channel,
                       const std::string& doing) {
  if (reply.reply_type == AMQP_RESPONSE_NORMAL) return;
  if (reply.reply_type != AMQP_RESPONSE_SERVER_EXCEPTION) fail(reply.library_error, doing);
  if (reply.reply.id == AMQP_CONNECTION_CLOSE_METHOD) {
    fail_closed(*static_cast<const amqp_connection_close_t*>(reply.reply.decoded), doing);
  }
  if (reply.reply.id != AMQP_CHANNEL_CLOSE_METHOD) fail(AMQP_STATUS_UNEXPECTED_STATE, doing);
  const auto& close = *static_cast<const amqp_channel_close_t*>(reply.reply.decoded);
  const int code = close.reply_code;
  const std::string words = doing + ": " + broker_reply(code, close.reply_text);
  accept_channel_close(channel);
  if (is_lasting(code)) throw bridge::BrokerRefused(code, words);
  throw bridge::ConnectionLost(words);
}

ChannelNumber Link::take_channel() {
  const auto limit = static_cast<std::size_t>(amqp_get_channel_max(state()));
  for (std::size_t number = 1; number <= (limit == 0 ? channels_max : limit); ++number) {
    if (channels_.size() <= number) channels_.resize(number + 1);
    if (channels_[number]) continue;
    channels_[number] = true;
    return static_cast<ChannelNumber>(number);
  }
  throw bridge::BrokerRefused(AMQP_NOT_ALLOWED, "no channel is left on the connection");
}

void Link::free_channel(ChannelNumber channel) {
  channels_.at(channel) = false;
}

}  // namespace orderflow::rabbitmq
