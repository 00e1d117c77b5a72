#include "faults/simulation/peers/post_office.hpp"

namespace orderflow::simulation {
namespace {

using notifications::DeliveryResult;

enum class Behaviour { prompt, slow, fails_before, fails_after, refuses };

Behaviour choose(core::Random& random, std::uint64_t trouble_percent) {
  if (random.below(100) >= trouble_percent) return Behaviour::prompt;
  // A refusal is final, so most troubles are others.
  if (random.below(20) == 0) return Behaviour::refuses;
  return static_cast<Behaviour>(1 + random.below(3));
}

}  // namespace

boost::asio::awaitable<DeliveryResult> PostOffice::deliver(const notifications::Message& message) {
  const Behaviour behaviour = choose(random_, trouble_percent_);
  if (behaviour == Behaviour::slow) {
    const core::Timestamp end = clock_.now() + core::Duration(random_.below(60'000'000));
    co_await events::sleep_until(*timers_, end);
  }
  DeliveryResult result{.status = DeliveryResult::Status::delivered};
  switch (behaviour) {
    case Behaviour::prompt:
    case Behaviour::slow:
      take(message);
      break;
    case Behaviour::fails_after:
      take(message);
      [[fallthrough]];
    case Behaviour::fails_before:
      result.status = DeliveryResult::Status::failed;
      result.error = "the post office has closed";
      break;
    case Behaviour::refuses:
      result.status = DeliveryResult::Status::refused;
      result.error = "no such reader";
      break;
  }
  co_return result;
}

void PostOffice::take(const notifications::Message& message) {
  const std::string id = message.id.value().to_string();
  std::string content = message.recipient + "\n" + message.subject + "\n" + message.text + "\n" +
                        message.html + "\n" + core::to_rfc3339(message.date) + "\n" +
                        message.correlation_id + "\n" + message.traceparent;
  Mail& mail = mails_[id];
  if (mail.copies++ == 0) {
    mail.content = std::move(content);
  } else if (mail.content != content) {
    contradictions_.push_back(id);
  }
}

}  // namespace orderflow::simulation
