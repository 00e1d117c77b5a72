#include "bridge/incoming_events.hpp"

#include "storage/writer.hpp"

#include <utility>
#include <variant>

namespace orderflow::bridge {

IncomingEvents::IncomingEvents(const BridgedNode& node, std::size_t message_bytes_max,
                               const MessagingTerms& terms)
    : dispatcher_(node.dispatcher),
      clock_(node.clock),
      reception_(node.name, message_bytes_max, node.catalog) {
  if (node.tracer != nullptr) spans_.emplace(*node.tracer, terms);
}

void IncomingEvents::reconnected() {
  if (spans_) spans_->lost();
}

Decision IncomingEvents::decide(const ConsumedQueue& queue, const Message& message,
                                const std::string& route) {
  Decision decision = reception_.decide(queue, message, clock_.now());
  auto* taken = spans_ ? std::get_if<Receive>(&decision) : nullptr;
  if (taken != nullptr) spans_->received(queue, route, *taken);
  return decision;
}

void IncomingEvents::store(events::ReceivedBatch batch,
                           std::shared_ptr<events::ReceptionObserver> observer) {
  dispatcher_.writer().submit(std::make_unique<events::ReceivedEventsWrite>(
      dispatcher_, std::move(batch), std::move(observer)));
}

void IncomingEvents::stored(const events::ReceivedBatch& batch) {
  if (spans_) spans_->stored(*batch);
}

}  // namespace orderflow::bridge
