#pragma once

#include "core/clock.hpp"
#include "http/presence.hpp"

#include <functional>
#include <utility>

namespace orderflow::simulation {

/// A client's end of a request whose answer may be held, as a session shows it to a handler.
class ClientLine final : public http::Presence {
 public:
  enum class State {
    open,     ///< nobody holds an answer for it
    held,     ///< somebody does
    refused,  ///< as many were held as may be
    answered
  };

  /// `wait`: how long it would wait. Without `has_room` no further answer may be held.
  ClientLine(const core::Clock& clock, core::Duration wait, bool has_room)
      : clock_(clock), wait_(wait), has_room_(has_room) {}

  bool watch(std::function<void()> gone) override {
    if (!has_room_) {
      state_ = State::refused;
      return false;
    }
    state_ = State::held;
    was_held_ = true;
    held_since_ = clock_.steady();
    if (has_left_) {
      gone();
    } else {
      gone_ = std::move(gone);
    }
    return true;
  }

  /// The client ends its side, whether an answer is held for it or not. It still receives what is
  /// sent.
  void leave() {
    has_left_ = true;
    if (const auto gone = std::exchange(gone_, nullptr)) gone();
  }

  /// The answer is there: nothing more is reported to the handler.
  void answer() noexcept {
    gone_ = nullptr;
    state_ = State::answered;
  }

  State state() const noexcept { return state_; }
  bool has_left() const noexcept { return has_left_; }
  /// Also where it has its answer.
  bool was_held() const noexcept { return was_held_; }
  /// By the steady clock: whether it is held at `time`, and its wait is over.
  bool is_overdue(core::Duration time) const noexcept {
    return state_ == State::held && held_since_ + wait_ <= time;
  }

 private:
  const core::Clock& clock_;
  const core::Duration wait_;
  const bool has_room_;
  State state_ = State::open;
  bool has_left_ = false;
  bool was_held_ = false;
  core::Duration held_since_{};
  std::function<void()> gone_;
};

}  // namespace orderflow::simulation
