#include "rabbitmq/queue_marks.hpp"

#include "bridge/connection/errors.hpp"
#include "core/digest.hpp"
#include "rabbitmq/client/reply_codes.hpp"

#include <chrono>
#include <utility>
#include <variant>

namespace orderflow::rabbitmq {

QueueMarks::QueueMarks(ConnectionOptions connection, std::string node, Watchdog& watchdog,
                       std::size_t first_broker)
    : brokers_(std::move(connection), first_broker), node_(std::move(node)), watchdog_(watchdog) {}

std::string QueueMarks::name_of(const Recipient& recipient) const {
  // Both names beside one another may be longer than AMQP allows.
  return "orderflow.mark." + node_ + "." + core::sha256_hex(recipient.queue());
}

void QueueMarks::mark(const Recipient& recipient) {
  const std::string name = name_of(recipient);
  channel().declare_queue(recipient.queue(), recipient.arguments);
  channel().declare_mark(name);
  channel().bind_queue(recipient.queue(), name, {});
  marked_.emplace(recipient.number, &recipient);
  numbers_.emplace(recipient.queue(), recipient.number);
}

bool QueueMarks::stands(const Recipient& recipient) {
  try {
    channel().check_exchange(name_of(recipient));
    return true;
  } catch (const bridge::BrokerRefused& refusal) {
    if (refusal.code() != not_found) throw;
    channel_.reset();  // the broker has closed it
    return false;
  }
}

std::vector<std::uint32_t> QueueMarks::numbers() const {
  std::vector<std::uint32_t> numbers;
  for (const auto& [number, recipient] : marked_)
    numbers.push_back(number);
  return numbers;
}

std::uint32_t QueueMarks::number_of(std::string_view queue) const {
  const auto found = numbers_.find(queue);
  return found == numbers_.end() ? 0 : found->second;
}

void QueueMarks::keep_alive() {
  if (!connection_) return;
  while (const auto event = connection_->next(std::chrono::milliseconds{0})) {
    if (std::holds_alternative<ChannelClosed>(*event)) channel_.reset();
  }
}

void QueueMarks::disconnect() {
  channel_.reset();
  connection_.reset();
}

Connection& QueueMarks::connection() {
  if (!connection_) connection_.emplace(brokers_.next(), watchdog_);
  return *connection_;
}

Channel& QueueMarks::channel() {
  if (!channel_) channel_.emplace(connection());
  return *channel_;
}

}  // namespace orderflow::rabbitmq
