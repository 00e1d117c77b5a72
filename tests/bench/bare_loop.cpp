#include "bare_loop.hpp"

#include "rabbitmq/client/rabbitmq_c.hpp"

#include <sys/time.h>

#include <chrono>
#include <memory>
#include <stdexcept>
#include <vector>

namespace orderflow::bench {
namespace {

constexpr amqp_channel_t channel = 1;

struct Destroy {
  void operator()(amqp_connection_state_t state) const noexcept { amqp_destroy_connection(state); }
};
using State = std::unique_ptr<amqp_connection_state_t_, Destroy>;

void require(bool done, const char* what) {
  if (!done) throw std::runtime_error(std::string("the bare loop cannot ") + what);
}

State connect(std::uint16_t port) {
  State state(amqp_new_connection());
  require(amqp_socket_open(amqp_tcp_socket_new(state.get()), "127.0.0.1", port) == AMQP_STATUS_OK,
          "connect");
  const amqp_rpc_reply_t login =
      amqp_login(state.get(), "/", 0, 131'072, 0, AMQP_SASL_METHOD_PLAIN, "guest", "guest");
  require(login.reply_type == AMQP_RESPONSE_NORMAL, "log in");
  require(amqp_channel_open(state.get(), channel) != nullptr, "open a channel");
  require(amqp_confirm_select(state.get(), channel) != nullptr, "select confirms");
  return state;
}

amqp_bytes_t bytes_of(const std::string& text) {
  return {.len = text.size(), .bytes = const_cast<char*>(text.data())};
}

/// Which tags are confirmed: those of several at once may have been confirmed alone before.
class Confirmed {
 public:
  explicit Confirmed(std::size_t count) : tags_(count + 1) {}

  std::size_t count() const noexcept { return count_; }

  void add(const amqp_basic_ack_t& ack) {
    for (std::uint64_t tag = ack.multiple != 0 ? next_ : ack.delivery_tag; tag <= ack.delivery_tag;
         ++tag) {
      if (!tags_.at(tag)) ++count_;
      tags_[tag] = true;
    }
    if (ack.multiple != 0) next_ = ack.delivery_tag + 1;
  }

 private:
  std::vector<bool> tags_;
  std::uint64_t next_ = 1;
  std::size_t count_ = 0;
};

/// Waits for a confirm and takes all that have come.
void take_confirms(amqp_connection_state_t state, Confirmed& confirmed) {
  const timeval none{};
  const timeval long_enough{.tv_sec = 30, .tv_usec = 0};
  amqp_frame_t frame{};
  for (bool is_first = true;; is_first = false) {
    amqp_maybe_release_buffers(state);
    const int status =
        amqp_simple_wait_frame_noblock(state, &frame, is_first ? &long_enough : &none);
    if (!is_first && status == AMQP_STATUS_TIMEOUT) return;
    require(status == AMQP_STATUS_OK && frame.frame_type == AMQP_FRAME_METHOD &&
                frame.payload.method.id == AMQP_BASIC_ACK_METHOD,
            "get a confirm");
    confirmed.add(*static_cast<const amqp_basic_ack_t*>(frame.payload.method.decoded));
  }
}

}  // namespace

double publish_bare(std::uint16_t port, const std::string& queue, const bridge::Message& message,
                    std::size_t count, std::size_t window) {
  const State state = connect(port);
  const bridge::MessageProperties& received = message.properties;
  std::vector<amqp_table_entry_t> headers;
  for (const auto& [name, value] : message.headers) {
    amqp_table_entry_t& entry = headers.emplace_back();
    entry.key = bytes_of(name);
    if (const auto* text = std::get_if<std::string>(&value)) {
      entry.value.kind = AMQP_FIELD_KIND_UTF8;
      entry.value.value.bytes = bytes_of(*text);
    } else {
      entry.value.kind = AMQP_FIELD_KIND_I64;
      entry.value.value.i64 = std::get<std::int64_t>(value);
    }
  }
  amqp_basic_properties_t properties{};
  properties._flags = AMQP_BASIC_DELIVERY_MODE_FLAG | AMQP_BASIC_MESSAGE_ID_FLAG |
                      AMQP_BASIC_TYPE_FLAG | AMQP_BASIC_CORRELATION_ID_FLAG |
                      AMQP_BASIC_APP_ID_FLAG | AMQP_BASIC_CONTENT_TYPE_FLAG |
                      AMQP_BASIC_TIMESTAMP_FLAG | AMQP_BASIC_HEADERS_FLAG;
  properties.delivery_mode = AMQP_DELIVERY_PERSISTENT;
  properties.message_id = bytes_of(received.message_id);
  properties.type = bytes_of(received.type);
  properties.correlation_id = bytes_of(received.correlation_id);
  properties.app_id = bytes_of(received.app_id);
  properties.content_type = bytes_of(received.content_type);
  properties.timestamp = received.timestamp_seconds.value_or(0);
  properties.headers = {.num_entries = static_cast<int>(headers.size()), .entries = headers.data()};
  const amqp_bytes_t bytes = bytes_of(message.body);

  const auto begin = std::chrono::steady_clock::now();
  std::size_t published = 0;
  Confirmed confirmed(count);
  while (confirmed.count() < count) {
    for (; published < count && published - confirmed.count() < window; ++published) {
      require(amqp_basic_publish(state.get(), channel, amqp_empty_bytes,
                                 amqp_cstring_bytes(queue.c_str()), 1, 0, &properties,
                                 bytes) == AMQP_STATUS_OK,
              "publish");
    }
    take_confirms(state.get(), confirmed);
  }
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

}  // namespace orderflow::bench
