#include "rabbitmq/declare.hpp"

#include "bridge/connection/errors.hpp"
#include "rabbitmq/client/reply_codes.hpp"

#include <optional>
#include <string_view>
#include <utility>
#include <variant>

namespace orderflow::rabbitmq {
namespace {

std::string shown(const bridge::FieldValue& value) {
  if (const auto* text = std::get_if<std::string>(&value)) return *text;
  if (const auto* number = std::get_if<std::int64_t>(&value)) return std::to_string(*number);
  return std::get<bool>(value) ? "true" : "false";
}

std::string shown(const bridge::Fields& arguments) {
  std::string text;
  for (const auto& [name, value] : arguments)
    text += (text.empty() ? "" : ", ") + name + " = " + shown(value);
  return text;
}

/// What stands in `text` between `before` and `after`, if both do.
std::optional<std::string_view> between(std::string_view text, std::string_view before,
                                        std::string_view after) {
  const std::size_t start = text.find(before);
  if (start == std::string_view::npos) return std::nullopt;
  text.remove_prefix(start + before.size());
  const std::size_t end = text.find(after);
  if (end == std::string_view::npos) return std::nullopt;
  return text.substr(0, end);
}

/// What the broker's refusal tells apart: "inequivalent arg 'x-delivery-limit' for queue 'q' in
/// vhost '/': received the value '50' of type 'signedint' but current is the value '9' of type …".
/// Nothing where it says something else.
std::optional<std::string> difference(std::string_view refusal) {
  const auto name = between(refusal, "inequivalent arg '", "'");
  const std::size_t current = refusal.find("but current is ");
  if (!name || current == std::string_view::npos) return std::nullopt;
  const std::string_view there = refusal.substr(current);
  const auto value = between(there, "'", "'");
  return std::string(*name) + " is " +
         (there.starts_with("but current is none") || !value ? "not set" : std::string(*value)) +
         " there";
}

std::string clash_of_exchange(const Exchange& wanted, const bridge::BrokerRefused& refusal) {
  return "the exchange " + wanted.name +
         " stands on the broker otherwise than this node wants it: " +
         difference(refusal.what()).value_or(refusal.what()) + ", and this node wants a durable " +
         wanted.type +
         " exchange. Name another one in the settings (rabbitmq.exchange, rabbitmq.deadExchange), "
         "or delete it on the broker where nobody needs it";
}

std::string clash_of_queue(const Queue& wanted, const bridge::BrokerRefused& refusal) {
  return "the queue " + wanted.name + " stands on the broker otherwise than this node wants it: " +
         difference(refusal.what()).value_or(refusal.what()) + ", and this node wants " +
         shown(wanted.arguments) +
         ". Give all nodes the same rabbitmq settings (deliveryLimit, deadExchange, shards), or "
         "another name to the queue (rabbitmq.queues." +
         wanted.module + "), or delete it on the broker once it is empty: it is then made anew";
}

/// Passes the refusal on, a clash in plain words.
template <class Clash>
void refuse_clash(const bridge::BrokerRefused& refusal, const Clash& clash) {
  if (refusal.code() == precondition_failed) throw bridge::BrokerRefused(refusal.code(), clash());
  throw;
}

}  // namespace

void declare(Connection& connection, const Topology& topology) {
  Channel channel(connection);
  for (const Exchange& exchange : topology.exchanges) {
    try {
      channel.declare_exchange(exchange.name, exchange.type);
    } catch (const bridge::BrokerRefused& refusal) {
      refuse_clash(refusal, [&] { return clash_of_exchange(exchange, refusal); });
    }
  }
  for (const Queue& queue : topology.queues) {
    try {
      channel.declare_queue(queue.name, queue.arguments);
    } catch (const bridge::BrokerRefused& refusal) {
      refuse_clash(refusal, [&] { return clash_of_queue(queue, refusal); });
    }
    for (const Binding& binding : queue.bindings)
      channel.bind_queue(queue.name, binding.exchange, binding.routing_key);
    for (const Binding& binding : queue.outdated)
      channel.unbind_queue(queue.name, binding.exchange, binding.routing_key);
  }
  channel.close();
}

namespace {

/// Runs `ask` on a channel, and gives a new one where the broker has closed it by its refusal.
class Asker {
 public:
  explicit Asker(Connection& connection) : connection_(connection), channel_(connection) {}

  /// Nothing where the broker agrees, else what it says; other refusals than `code` are thrown.
  template <class Ask>
  std::optional<bridge::BrokerRefused> refusal(int code, const Ask& ask) {
    try {
      ask(channel_);
      return std::nullopt;
    } catch (const bridge::BrokerRefused& refused) {
      if (refused.code() != code) throw;
      channel_ = Channel(connection_);
      return refused;
    }
  }

 private:
  Connection& connection_;
  Channel channel_;
};

InspectedExchange inspect(Asker& asker, const Exchange& exchange) {
  InspectedExchange found{.wanted = exchange, .standing = Standing::missing, .detail = {}};
  if (asker.refusal(not_found, [&](Channel& channel) { channel.check_exchange(exchange.name); })) {
    return found;
  }
  found.standing = Standing::there;
  const auto clash = asker.refusal(precondition_failed, [&](Channel& channel) {
    channel.declare_exchange(exchange.name, exchange.type);
  });
  if (clash) {
    found.standing = Standing::clash;
    found.detail = clash_of_exchange(exchange, *clash);
  }
  return found;
}

InspectedQueue inspect(Asker& asker, const Queue& queue) {
  InspectedQueue found{.wanted = queue, .standing = Standing::missing, .detail = {}};
  const auto missing = asker.refusal(
      not_found, [&](Channel& channel) { found.counts = channel.check_queue(queue.name); });
  if (missing) return found;
  found.standing = Standing::there;
  const auto clash = asker.refusal(precondition_failed, [&](Channel& channel) {
    channel.declare_queue(queue.name, queue.arguments);
  });
  if (clash) {
    found.standing = Standing::clash;
    found.detail = clash_of_queue(queue, *clash);
  }
  return found;
}

}  // namespace

Inspection inspect(Connection& connection, const Topology& topology) {
  Asker asker(connection);
  Inspection inspection;
  for (const Exchange& exchange : topology.exchanges)
    inspection.exchanges.push_back(inspect(asker, exchange));
  for (const Queue& queue : topology.queues)
    inspection.queues.push_back(inspect(asker, queue));
  return inspection;
}

}  // namespace orderflow::rabbitmq
