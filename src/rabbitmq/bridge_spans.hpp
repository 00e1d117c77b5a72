#pragma once

#include "bridge/message/message.hpp"
#include "events/log/event.hpp"
#include "events/received_event.hpp"
#include "rabbitmq/reception.hpp"
#include "telemetry/tracer.hpp"

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace orderflow::rabbitmq {

/// The spans of events on their way out: each from its first sending until the broker has confirmed
/// it and all before it. Belongs to the publisher's thread. Bounded by what the relay hands over.
class PublishSpans {
 public:
  /// The tracer outlives it.
  explicit PublishSpans(telemetry::Tracer& tracer) : tracer_(tracer) {}
  /// What is not confirmed has failed.
  ~PublishSpans();
  PublishSpans(const PublishSpans&) = delete;
  PublishSpans& operator=(const PublishSpans&) = delete;

  /// An event is sent, or sent again: its message carries the span on, so that what follows from it
  /// elsewhere follows from the sending.
  void sending(const events::Event& event, bridge::OutgoingMessage& message);
  void confirmed(events::Seq upto);

 private:
  telemetry::Tracer& tracer_;
  std::map<events::Seq, telemetry::Span> open_;
};

/// The spans of events on their way in: each from its coming until it is on disk. Safe from any
/// thread. Bounded by what the consumer holds.
class ReceiveSpans {
 public:
  /// The tracer outlives it.
  explicit ReceiveSpans(telemetry::Tracer& tracer) : tracer_(tracer) {}
  ~ReceiveSpans() { lost(); }
  ReceiveSpans(const ReceiveSpans&) = delete;
  ReceiveSpans& operator=(const ReceiveSpans&) = delete;

  /// An event has come, and is to be taken in: from now on it follows from its span.
  void received(const ConsumedQueue& queue, const bridge::IncomingMessage& message, Receive& taken);
  void stored(const std::vector<events::ReceivedEvent>& received);
  /// What came over the last connection and is not on disk comes again.
  void lost();

 private:
  telemetry::Tracer& tracer_;
  std::mutex mutex_;
  std::map<std::string, telemetry::Span> open_;  ///< by the traceparent that names it
};

}  // namespace orderflow::rabbitmq
