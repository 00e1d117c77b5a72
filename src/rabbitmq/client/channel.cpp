#include "rabbitmq/client/channel.hpp"

#include "rabbitmq/client/link.hpp"
#include "rabbitmq/client/wire.hpp"

#include <vector>

namespace orderflow::rabbitmq {
namespace {

/// Calls rabbitmq-c under the watchdog's eyes and checks the broker's answer. `call` returns a
/// pointer to the answer, which is valid until the buffers are released.
template <class Call>
auto ask(Link& link, ChannelNumber channel, const std::string& doing, Call call) {
  const auto* answer = [&] {
    const Watchdog::Guard watched = link.guard();
    return call(link.state());
  }();
  if (answer == nullptr) {
    link.check_reply(amqp_get_rpc_reply(link.state()), channel, doing);
    link.fail(AMQP_STATUS_NO_MEMORY, doing);
  }
  const auto copy = *answer;
  amqp_maybe_release_buffers(link.state());
  return copy;
}

template <class Call>
void send(Link& link, const char* doing, Call call) {
  const int status = [&] {
    const Watchdog::Guard watched = link.guard();
    return call(link.state());
  }();
  link.check_sent(status, doing);
}

constexpr const char* queue_name = "queue name";
constexpr const char* exchange_name = "exchange name";
constexpr const char* key_name = "routing key";

}  // namespace

Channel::Channel(Connection& connection)
    : connection_(&connection), number_(connection.link_->take_channel()) {
  ask(*connection_->link_, number_, "opening a channel",
      [&](amqp_connection_state_t state) { return amqp_channel_open(state, number_); });
}

void Channel::select_confirms() {
  ask(*connection_->link_, number_, "asking for confirms",
      [&](amqp_connection_state_t state) { return amqp_confirm_select(state, number_); });
}

void Channel::publish(const Route& to, const bridge::Message& message, bool mandatory) {
  Link& link = *connection_->link_;
  const amqp_bytes_t exchange = to_short_bytes(to.exchange, exchange_name);
  const amqp_bytes_t routing_key = to_short_bytes(to.routing_key, key_name);
  const amqp_basic_properties_t properties = to_properties(message, link.entries);
  send(link, "publishing", [&](amqp_connection_state_t state) {
    return amqp_basic_publish(state, number_, exchange, routing_key, mandatory ? 1 : 0, 0,
                              &properties, to_bytes(message.body));
  });
}

void Channel::declare_exchange(const std::string& name, const std::string& type) {
  ask(*connection_->link_, number_, "declaring exchange " + name,
      [&](amqp_connection_state_t state) {
        return amqp_exchange_declare(state, number_, to_short_bytes(name, exchange_name),
                                     to_short_bytes(type, "exchange type"), 0, 1, 0, 0,
                                     amqp_empty_table);
      });
}

void Channel::declare_mark(const std::string& name) {
  ask(*connection_->link_, number_, "declaring exchange " + name,
      [&](amqp_connection_state_t state) {
        return amqp_exchange_declare(state, number_, to_short_bytes(name, exchange_name),
                                     amqp_cstring_bytes("fanout"), 0, 1, 1, 1, amqp_empty_table);
      });
}

void Channel::check_exchange(const std::string& name) {
  ask(*connection_->link_, number_, "looking for exchange " + name,
      [&](amqp_connection_state_t state) {
        return amqp_exchange_declare(state, number_, to_short_bytes(name, exchange_name),
                                     amqp_cstring_bytes("direct"), 1, 1, 0, 0, amqp_empty_table);
      });
}

QueueCounts Channel::declare_queue(const std::string& name, const bridge::Fields& arguments) {
  std::vector<amqp_table_entry_t> entries;
  const amqp_table_t table = to_table(arguments, entries);
  const auto answer = ask(
      *connection_->link_, number_, "declaring queue " + name, [&](amqp_connection_state_t state) {
        return amqp_queue_declare(state, number_, to_short_bytes(name, queue_name), 0, 1, 0, 0,
                                  table);
      });
  return {.messages = answer.message_count, .consumers = answer.consumer_count};
}

void Channel::declare_exclusive_queue(const std::string& name) {
  ask(*connection_->link_, number_, "declaring queue " + name, [&](amqp_connection_state_t state) {
    return amqp_queue_declare(state, number_, to_short_bytes(name, queue_name), 0, 0, 1, 0,
                              amqp_empty_table);
  });
}

QueueCounts Channel::check_queue(const std::string& name) {
  const auto answer =
      ask(*connection_->link_, number_, "looking for queue " + name,
          [&](amqp_connection_state_t state) {
            return amqp_queue_declare(state, number_, to_short_bytes(name, queue_name), 1, 1, 0, 0,
                                      amqp_empty_table);
          });
  return {.messages = answer.message_count, .consumers = answer.consumer_count};
}

void Channel::delete_queue(const std::string& name) {
  ask(*connection_->link_, number_, "deleting queue " + name, [&](amqp_connection_state_t state) {
    return amqp_queue_delete(state, number_, to_short_bytes(name, queue_name), 0, 0);
  });
}

void Channel::bind_queue(const std::string& queue, const std::string& exchange,
                         const std::string& routing_key) {
  ask(*connection_->link_, number_, "binding queue " + queue + " to exchange " + exchange,
      [&](amqp_connection_state_t state) {
        return amqp_queue_bind(state, number_, to_short_bytes(queue, queue_name),
                               to_short_bytes(exchange, exchange_name),
                               to_short_bytes(routing_key, key_name), amqp_empty_table);
      });
}

void Channel::unbind_queue(const std::string& queue, const std::string& exchange,
                           const std::string& routing_key) {
  ask(*connection_->link_, number_, "unbinding queue " + queue + " from exchange " + exchange,
      [&](amqp_connection_state_t state) {
        return amqp_queue_unbind(state, number_, to_short_bytes(queue, queue_name),
                                 to_short_bytes(exchange, exchange_name),
                                 to_short_bytes(routing_key, key_name), amqp_empty_table);
      });
}

void Channel::set_prefetch(std::uint16_t count) {
  ask(*connection_->link_, number_, "setting the prefetch",
      [&](amqp_connection_state_t state) { return amqp_basic_qos(state, number_, 0, count, 0); });
}

void Channel::consume(const std::string& queue, const std::string& consumer_tag) {
  ask(*connection_->link_, number_, "consuming queue " + queue, [&](amqp_connection_state_t state) {
    return amqp_basic_consume(state, number_, to_short_bytes(queue, queue_name),
                              to_short_bytes(consumer_tag, "consumer tag"), 0, 0, 0,
                              amqp_empty_table);
  });
}

void Channel::cancel(const std::string& consumer_tag) {
  ask(*connection_->link_, number_, "ending consumer " + consumer_tag,
      [&](amqp_connection_state_t state) {
        return amqp_basic_cancel(state, number_, to_short_bytes(consumer_tag, "consumer tag"));
      });
}

void Channel::acknowledge(std::uint64_t delivery_tag, bool multiple) {
  send(*connection_->link_, "acknowledging", [&](amqp_connection_state_t state) {
    return amqp_basic_ack(state, number_, delivery_tag, multiple ? 1 : 0);
  });
}

void Channel::reject(std::uint64_t delivery_tag, bool requeue) {
  send(*connection_->link_, "rejecting", [&](amqp_connection_state_t state) {
    return amqp_basic_reject(state, number_, delivery_tag, requeue ? 1 : 0);
  });
}

void Channel::close() {
  Link& link = *connection_->link_;
  amqp_rpc_reply_t reply{};
  {
    const Watchdog::Guard watched = link.guard();
    reply = amqp_channel_close(link.state(), number_, AMQP_REPLY_SUCCESS);
  }
  link.check_reply(reply, number_, "closing a channel");
  link.free_channel(number_);
}

}  // namespace orderflow::rabbitmq
