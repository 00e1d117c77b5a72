#pragma once

#include "events/log/forbidden_edit.hpp"

#include <boost/asio/awaitable.hpp>

#include <functional>
#include <stdexcept>
#include <string>
#include <utility>

namespace orderflow::events {

class Turn;

/// Holds every attempt back that an edit does not allow. Throws `PermanentFailure`.
void require_permitted(const Event& event);

/// Thrown by the acceptance of an edit where what it was permitted for does not hold any more.
class EditRefused : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// What a subscription decides about an edited event before it is replayed.
class EditDecision {
 public:
  /// Runs in the transaction that replays the event; may touch the module's tables, and publishes
  /// no event. Throws `EditRefused`.
  using Acceptance = std::function<void(Turn&)>;

  static EditDecision permitted(Acceptance acceptance = {}) {
    return EditDecision({}, std::move(acceptance));
  }
  /// `because` is for the operator: a sentence, not empty.
  static EditDecision refused(std::string because) { return EditDecision(std::move(because), {}); }

  const std::string& refused_because() const noexcept { return because_; }  ///< empty: permitted
  const Acceptance& acceptance() const noexcept { return acceptance_; }

 private:
  EditDecision(std::string because, Acceptance acceptance)
      : because_(std::move(because)), acceptance_(std::move(acceptance)) {}

  std::string because_;
  Acceptance acceptance_;
};

/// Reviews an edited event, outside of any transaction; may call the peer. The event outlives it.
using EditReview = std::function<boost::asio::awaitable<EditDecision>(const Event& edited)>;

}  // namespace orderflow::events
