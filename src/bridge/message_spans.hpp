#pragma once

#include "bridge/message/message.hpp"
#include "bridge/reception.hpp"
#include "events/log/event.hpp"
#include "events/received_event.hpp"
#include "telemetry/tracer.hpp"

#include <map>
#include <string>
#include <vector>

namespace orderflow::bridge {

/// How the spans of a kind of broker are named, by the semantic conventions for messaging.
struct MessagingTerms {
  const char* system;           ///< `messaging.system`
  const char* route_attribute;  ///< what leads a message on from its destination, such as its key
};

/// The spans of events on their way out: each from its first sending until the broker has confirmed
/// it and all before it. Belongs to the publisher's thread. Bounded by what the relay hands over.
class PublishSpans {
 public:
  /// The tracer outlives it.
  PublishSpans(telemetry::Tracer& tracer, const MessagingTerms& terms)
      : tracer_(tracer), terms_(terms) {}
  /// What is not confirmed has failed.
  ~PublishSpans();
  PublishSpans(const PublishSpans&) = delete;
  PublishSpans& operator=(const PublishSpans&) = delete;

  /// An event is sent to `destination`, or sent again: its message carries the span on, so that
  /// what follows from it elsewhere follows from the sending.
  void sending(const events::Event& event, const std::string& destination, const std::string& route,
               Message& message);
  void confirmed(events::Seq upto);

 private:
  telemetry::Tracer& tracer_;
  const MessagingTerms terms_;
  std::map<events::Seq, telemetry::Span> open_;
};

/// The spans of events on their way in: each from its coming until it is on disk. Belongs to the
/// consumer's thread. Bounded by what the consumer holds.
class ReceiveSpans {
 public:
  /// The tracer outlives it.
  ReceiveSpans(telemetry::Tracer& tracer, const MessagingTerms& terms)
      : tracer_(tracer), terms_(terms) {}
  ~ReceiveSpans() { lost(); }
  ReceiveSpans(const ReceiveSpans&) = delete;
  ReceiveSpans& operator=(const ReceiveSpans&) = delete;

  /// An event has come by `route`, and is to be taken in: from now on it follows from its span.
  void received(const ConsumedQueue& queue, const std::string& route, Receive& taken);
  void stored(const std::vector<events::ReceivedEvent>& received);
  /// What came over the last connection and is not on disk comes again.
  void lost();

 private:
  telemetry::Tracer& tracer_;
  const MessagingTerms terms_;
  std::map<std::string, telemetry::Span> open_;  ///< by the traceparent that names it
};

}  // namespace orderflow::bridge
