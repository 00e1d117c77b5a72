#include "rabbitmq/requeue.hpp"

#include "bridge/connection/errors.hpp"
#include "rabbitmq/client/channel.hpp"

#include <algorithm>
#include <chrono>
#include <deque>
#include <optional>
#include <utility>
#include <variant>

namespace orderflow::rabbitmq {
namespace {

using namespace std::chrono_literals;

constexpr std::uint16_t prefetch = 64;
constexpr auto quiet_limit = 5s;
constexpr auto confirm_limit = 30s;

class Mover {
 public:
  Mover(Connection& connection, std::size_t count)
      : connection_(connection), taking_(connection), giving_(connection) {
    giving_.select_confirms();
    taking_.set_prefetch(static_cast<std::uint16_t>(std::min<std::size_t>(count, prefetch)));
  }

  void start(const std::string& dead_queue) { taking_.consume(dead_queue, "requeue"); }

  /// False where no message has come for a while: another has taken them.
  bool move_one(const std::function<std::string(const bridge::Message&)>& target) {
    const auto until = Clock::now() + quiet_limit;
    while (deliveries_.empty() && Clock::now() < until)
      receive(until);
    if (deliveries_.empty()) return false;
    const Delivery delivery = std::move(deliveries_.front());
    deliveries_.pop_front();
    bridge::Message message = delivery.message;
    const Route to{.routing_key = target(message)};
    // What the broker has noted on the old message: deaths and deliveries.
    std::erase_if(message.headers, [](const auto& field) { return field.first.starts_with("x-"); });
    giving_.publish(to, message, true);
    await_confirm(to.routing_key);
    taking_.acknowledge(delivery.tag, false);
    return true;
  }

  void end() { taking_.close(); }

 private:
  using Clock = std::chrono::steady_clock;

  void await_confirm(const std::string& queue) {
    confirmed_ = returned_ = nacked_ = false;
    const auto until = Clock::now() + confirm_limit;
    while (!confirmed_ && !nacked_ && Clock::now() < until)
      receive(until);
    if (nacked_) throw bridge::BrokerRefused(0, "the broker does not take a message into " + queue);
    if (!confirmed_)
      throw bridge::ConnectionLost("the broker has not confirmed a message within 30 s");
    if (returned_) throw bridge::BrokerRefused(404, "the queue " + queue + " is not there");
  }

  void receive(Clock::time_point until) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - Clock::now());
    auto event = connection_.next(std::clamp<std::chrono::milliseconds>(left, 0ms, 1s));
    if (!event) return;
    if (auto* delivery = std::get_if<Delivery>(&*event)) {
      deliveries_.push_back(std::move(*delivery));
    } else if (const auto* closed = std::get_if<ChannelClosed>(&*event)) {
      throw bridge::BrokerRefused(closed->code,
                                  "the broker has closed the channel: " + closed->reason);
    }
    confirmed_ |= std::holds_alternative<Confirmed>(*event);
    returned_ |= std::holds_alternative<Returned>(*event);
    nacked_ |= std::holds_alternative<Nacked>(*event);
  }

  Connection& connection_;
  Channel taking_;
  Channel giving_;
  std::deque<Delivery> deliveries_;  // as many as are prefetched, at most
  bool confirmed_ = false;
  bool returned_ = false;
  bool nacked_ = false;
};

}  // namespace

std::size_t requeue(Connection& connection, const std::string& dead_queue,
                    const std::function<std::string(const bridge::Message&)>& target,
                    std::size_t limit) {
  std::size_t wanted = 0;
  {
    Channel channel(connection);
    wanted = std::min<std::size_t>(limit, channel.check_queue(dead_queue).messages);
    channel.close();
  }
  if (wanted == 0) return 0;
  Mover mover(connection, wanted);
  mover.start(dead_queue);
  std::size_t moved = 0;
  try {
    while (moved < wanted && mover.move_one(target))
      ++moved;
  } catch (const bridge::BrokerRefused&) {
    mover.end();  // so that what was taken and not moved is back among the dead
    throw;
  }
  mover.end();
  return moved;
}

}  // namespace orderflow::rabbitmq
