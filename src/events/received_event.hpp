#pragma once

#include "events/delivery/causal_tracker.hpp"
#include "events/dispatcher.hpp"
#include "events/log/event.hpp"
#include "events/turn/turn.hpp"

#include <exception>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace orderflow::events {

/// An event that came from another node.
struct ReceivedEvent {
  CausalTracker::TrackingNumber tracking_number;  ///< the receiver's name for it
  EventMeta meta;  ///< its position is given by the log; `audience` is not empty
  std::string payload;
  EventBody body;
  /// It is sent once more, for this module may have missed what follows from it: see `Redrive`.
  /// Empty: it is not.
  std::string wanted_by = {};
};

/// Received events that are written in one commit.
using ReceivedBatch = std::shared_ptr<const std::vector<ReceivedEvent>>;

/// Learns what becomes of received events. Called on the writer thread after a commit, or by who
/// submits a write that is not even taken: quick, and without a call back into the node.
class ReceptionObserver : public CausalTracker::Observer {
 public:
  /// Null once all of the batch are on disk, else why none is, as for `storage::Write`. Those of a
  /// refused write can be written again.
  virtual void stored(const ReceivedBatch& batch, std::exception_ptr error) noexcept = 0;
};

/// Writes received events to the log in one commit; those that it has already are left as they are,
/// and answered again where they are sent once more. The observer of the dispatcher's chains is
/// told of their end, or that one is refused.
class ReceivedEventsWrite final : public storage::Write {
 public:
  /// The dispatcher outlives the write, which shares the observer.
  ReceivedEventsWrite(Dispatcher& dispatcher, ReceivedBatch batch,
                      std::shared_ptr<ReceptionObserver> observer)
      : dispatcher_(dispatcher), batch_(std::move(batch)), observer_(std::move(observer)) {}

  void run(storage::Connection& connection) override {
    mark_ = dispatcher_.turn_services().outbox.mark();
    for (const ReceivedEvent& event : *batch_)
      dispatcher_.receive(connection, event);
  }

  void undone() noexcept override { dispatcher_.turn_services().outbox.roll_back_to(mark_); }

  void complete(std::exception_ptr error) override { observer_->stored(batch_, std::move(error)); }

 private:
  Dispatcher& dispatcher_;
  const ReceivedBatch batch_;
  const std::shared_ptr<ReceptionObserver> observer_;
  Outbox::Mark mark_{};
};

}  // namespace orderflow::events
