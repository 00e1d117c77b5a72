#pragma once

#include "events/delivery/causal_tracker.hpp"
#include "events/dispatcher.hpp"
#include "events/log/event.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <exception>
#include <functional>
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
};

/// Writes received events to the log in one commit; those that it has already are left as they are.
/// `Dispatcher::on_chain_finished` reports their end.
class ReceivedEventsWrite final : public storage::Write {
 public:
  /// Called on `home`: null once all are on disk, else why none is, as for `storage::Write`. Those
  /// of a refused write can be written again.
  using Stored = std::function<void(std::exception_ptr)>;

  ReceivedEventsWrite(boost::asio::any_io_executor home, Dispatcher& dispatcher,
                      std::shared_ptr<const std::vector<ReceivedEvent>> events, Stored stored)
      : Write(std::move(home)),
        dispatcher_(dispatcher),
        events_(std::move(events)),
        stored_(std::move(stored)) {}

  void run(storage::Connection& connection) override {
    mark_ = dispatcher_.turn_services().outbox.mark();
    for (const ReceivedEvent& event : *events_)
      dispatcher_.receive(connection, event);
  }

  void undone() noexcept override { dispatcher_.turn_services().outbox.roll_back_to(mark_); }

  void complete(std::exception_ptr error) override { stored_(std::move(error)); }

 private:
  Dispatcher& dispatcher_;
  const std::shared_ptr<const std::vector<ReceivedEvent>> events_;
  Stored stored_;
  Outbox::Mark mark_{};
};

}  // namespace orderflow::events
