#pragma once

#include "core/clock.hpp"
#include "core/strong.hpp"
#include "core/uuid.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace orderflow::events {

/// A position of the log: ascending, never reused.
using Seq = core::Strong<struct SeqTag, std::int64_t>;
using EventId = core::Strong<struct EventIdTag, core::Uuid>;

/// Marks a C++ type as the body of an event, without run-time type information.
using TypeTag = const void*;
template <class E>
TypeTag type_tag() noexcept {
  static const char tag = 0;
  return &tag;
}

/// What the log knows of an event besides its body.
struct EventMeta {
  Seq seq;
  EventId id;
  std::string kind;    ///< "order.created"
  int version = 1;     ///< of the payload as stored
  std::string key;     ///< what orders the events: the order id
  std::string origin;  ///< "<node>/<module>" that first wrote it
  std::string home;    ///< the node that the chain of events began on
  std::string correlation_id;
  std::optional<EventId> causation_id;
  std::string traceparent;
  core::Timestamp occurred_at;
  /// Empty: it was published on this node, for all modules here. Else it came from another node for
  /// this module alone.
  std::string audience{};
  /// It came as a repetition that its publisher was asked for, or asks for: see `Redrive`. Not kept
  /// in the log.
  bool redriven = false;
};

/// An event's kind, version or payload is not what this program can read.
class UnreadableEvent : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// The typed body of an event together with its type; empty where it could not be read.
struct EventBody {
  std::shared_ptr<const void> value;
  TypeTag type = nullptr;
  std::string error;  ///< why it could not be read
};

/// One event of the log. Immutable once committed and shared between threads.
class Event {
 public:
  Event(EventMeta meta, std::string payload, EventBody body)
      : meta_(std::move(meta)), payload_(std::move(payload)), body_(std::move(body)) {}

  const EventMeta& meta() const noexcept { return meta_; }
  std::string_view kind() const noexcept { return meta_.kind; }
  const std::string& payload() const noexcept { return payload_; }  ///< JSON, as stored

  /// Why the stored payload could not be read; empty where it could.
  const std::string& unreadable_because() const noexcept { return body_.error; }

  /// True where the body is an `E`.
  template <class E>
  bool is() const noexcept {
    return body_.type == type_tag<E>();
  }

  /// The body. Throws `UnreadableEvent` where the stored payload could not be read as an `E`.
  template <class E>
  const E& as() const {
    if (!is<E>()) {
      throw UnreadableEvent(body_.error.empty()
                                ? "event " + meta_.kind + " is not a " + std::string(E::kind)
                                : body_.error);
    }
    return *static_cast<const E*>(body_.value.get());
  }

 private:
  friend class Outbox;

  EventMeta meta_;
  std::string payload_;
  EventBody body_;
};

using EventPtr = std::shared_ptr<const Event>;
using EventList = std::vector<EventPtr>;

}  // namespace orderflow::events
