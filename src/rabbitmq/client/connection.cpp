#include "rabbitmq/client/connection.hpp"

#include "rabbitmq/client/link.hpp"
#include "rabbitmq/client/wire.hpp"

#include <poll.h>
#include <sys/time.h>

#include <algorithm>
#include <array>
#include <utility>

namespace orderflow::rabbitmq {
namespace {

using Clock = std::chrono::steady_clock;

/// A frame without waiting for one.
bool read_frame(Link& link, amqp_frame_t& frame) {
  const timeval none{};
  int status = AMQP_STATUS_OK;
  {
    const Watchdog::Guard watched = link.guard();
    status = amqp_simple_wait_frame_noblock(link.state(), &frame, &none);
  }
  if (status == AMQP_STATUS_TIMEOUT) return false;
  link.check_sent(status, "waiting");
  return true;
}

/// What follows a delivery or a return.
bridge::Message read_message(Link& link, ChannelNumber channel) {
  amqp_message_t raw{};
  amqp_rpc_reply_t reply{};
  {
    const Watchdog::Guard watched = link.guard();
    reply = amqp_read_message(link.state(), channel, &raw, 0);
  }
  if (reply.reply_type != AMQP_RESPONSE_NORMAL) {
    link.fail(reply.reply_type == AMQP_RESPONSE_LIBRARY_EXCEPTION ? reply.library_error
                                                                  : AMQP_STATUS_UNEXPECTED_STATE,
              "reading a message");
  }
  const std::unique_ptr<amqp_message_t, decltype(&amqp_destroy_message)> owner(
      &raw, &amqp_destroy_message);
  return to_message(raw);
}

Delivery read_delivery(Link& link, ChannelNumber channel, const amqp_basic_deliver_t& method) {
  Delivery delivery{.channel = channel,
                    .tag = method.delivery_tag,
                    .redelivered = method.redelivered != 0,
                    .consumer_tag = to_text(method.consumer_tag)};
  delivery.route = {to_text(method.exchange), to_text(method.routing_key)};
  delivery.message = read_message(link, channel);
  return delivery;
}

Returned read_return(Link& link, ChannelNumber channel, const amqp_basic_return_t& method) {
  Returned returned{
      .channel = channel, .code = method.reply_code, .reason = to_words(method.reply_text)};
  returned.route = {to_text(method.exchange), to_text(method.routing_key)};
  returned.message = read_message(link, channel);
  return returned;
}

ChannelClosed read_channel_close(Link& link, ChannelNumber channel,
                                 const amqp_channel_close_t& method) {
  ChannelClosed closed{
      .channel = channel, .code = method.reply_code, .reason = to_words(method.reply_text)};
  link.accept_channel_close(channel);
  return closed;
}

template <class Method>
const Method& as(const amqp_frame_t& frame) {
  return *static_cast<const Method*>(frame.payload.method.decoded);
}

/// Nothing for what concerns nobody.
std::optional<ConnectionEvent> event_of(Link& link, const amqp_frame_t& frame) {
  const ChannelNumber channel = frame.channel;
  if (frame.frame_type != AMQP_FRAME_METHOD) link.fail(AMQP_STATUS_UNEXPECTED_STATE, "waiting");
  switch (frame.payload.method.id) {
    case AMQP_BASIC_ACK_METHOD: {
      const auto& method = as<amqp_basic_ack_t>(frame);
      return Confirmed{channel, method.delivery_tag, method.multiple != 0};
    }
    case AMQP_BASIC_NACK_METHOD: {
      const auto& method = as<amqp_basic_nack_t>(frame);
      return Nacked{channel, method.delivery_tag, method.multiple != 0};
    }
    case AMQP_BASIC_DELIVER_METHOD:
      return read_delivery(link, channel, as<amqp_basic_deliver_t>(frame));
    case AMQP_BASIC_RETURN_METHOD:
      return read_return(link, channel, as<amqp_basic_return_t>(frame));
    case AMQP_BASIC_CANCEL_METHOD:
      return ConsumerCancelled{channel, to_text(as<amqp_basic_cancel_t>(frame).consumer_tag)};
    case AMQP_CHANNEL_CLOSE_METHOD:
      return read_channel_close(link, channel, as<amqp_channel_close_t>(frame));
    case AMQP_CONNECTION_BLOCKED_METHOD:
      link.blocked = true;
      return Blocked{to_text(as<amqp_connection_blocked_t>(frame).reason)};
    case AMQP_CONNECTION_UNBLOCKED_METHOD:
      link.blocked = false;
      return Unblocked{};
    case AMQP_CONNECTION_CLOSE_METHOD:
      link.fail_closed(as<amqp_connection_close_t>(frame), "waiting");
    default:
      return std::nullopt;
  }
}

/// Until the broker sends something, the signal is given or `limit` has passed.
void wait_for_either(const Link& link, const bridge::WakeUp* wake_up,
                     std::chrono::milliseconds limit) {
  std::array<pollfd, 2> sources{
      pollfd{.fd = link.descriptor(), .events = POLLIN, .revents = 0},
      pollfd{
          .fd = wake_up == nullptr ? -1 : wake_up->descriptor(), .events = POLLIN, .revents = 0}};
  ::poll(sources.data(), sources.size(), static_cast<int>(limit.count()));
}

}  // namespace

std::string library_version() {
  return ::amqp_version();
}

Connection::Connection(const ConnectionOptions& options, Watchdog& watchdog)
    : link_(std::make_unique<Link>(options, watchdog)) {}

Connection::~Connection() = default;

std::optional<ConnectionEvent> Connection::next(std::chrono::milliseconds limit,
                                                bridge::WakeUp* wake_up) {
  const Clock::time_point deadline = Clock::now() + limit;
  for (;;) {
    amqp_frame_t frame{};
    while (read_frame(*link_, frame)) {
      std::optional<ConnectionEvent> event = event_of(*link_, frame);
      amqp_maybe_release_buffers(link_->state());
      if (event) return event;
    }
    if (wake_up != nullptr && wake_up->clear()) return std::nullopt;
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now());
    if (left.count() <= 0) return std::nullopt;
    wait_for_either(*link_, wake_up, std::min(left, link_->poll_limit));
  }
}

bool Connection::is_blocked() const noexcept {
  return link_->blocked;
}

const std::string& Connection::server_product() const noexcept {
  return link_->product;
}

const std::string& Connection::server_version() const noexcept {
  return link_->version;
}

}  // namespace orderflow::rabbitmq
