#include "bridge/connection/connection_loop.hpp"

#include "bridge/connection/errors.hpp"

#include <poll.h>

#include <exception>
#include <utility>

namespace orderflow::bridge {

using LoopClock = std::chrono::steady_clock;

// A signal may have been cleared by the work before it came to the gate.
constexpr int gate_look_ms = 1'000;

ConnectionLoop::ConnectionLoop(const Options& options, Work& work, WakeUp& wake_up,
                               std::unique_ptr<core::Random> random)
    : activity_(options.activity),
      log_(options.log),
      work_(work),
      wake_up_(wake_up),
      gate_(options.gate),
      pause_(options.reconnect, std::move(random)),
      thread_(&ConnectionLoop::run, this) {
  if (gate_ != nullptr) gate_->add(wake_up_);
}

ConnectionLoop::~ConnectionLoop() {
  stop();
  if (gate_ != nullptr) gate_->remove(wake_up_);
}

void ConnectionLoop::stop() {
  stopping_ = true;
  wake_up_.signal();
  if (thread_.joinable()) thread_.join();
}

void ConnectionLoop::connected() {
  ++connections_;
  connected_at_ = LoopClock::now();
  enter(ConnectionState::connected, {});
}

void ConnectionLoop::blocked(std::string reason) {
  enter(ConnectionState::blocked, std::move(reason));
}

void ConnectionLoop::unblocked() {
  enter(ConnectionState::connected, {});
}

void ConnectionLoop::still_up(LoopClock::time_point now) noexcept {
  if (now - connected_at_ > ReconnectPause::proven_after) pause_.worked();
}

void ConnectionLoop::require_open_gate() const {
  if (gate_ == nullptr) return;
  if (const auto closed = gate_->closed()) throw GateClosed(closed->reason);
}

void ConnectionLoop::wait_at_gate() {
  while (!stopping_) {
    const auto closed = gate_->closed();
    if (!closed) return;
    if (state_ != closed->state || reason_ != closed->reason) enter(closed->state, closed->reason);
    pollfd source{.fd = wake_up_.descriptor(), .events = POLLIN, .revents = 0};
    ::poll(&source, 1, gate_look_ms);
    wake_up_.clear();
    work_.take_over();
  }
}

void ConnectionLoop::run() {
  while (!stopping_) {
    if (is_held_back()) {
      wait_at_gate();
      continue;
    }
    try {
      work_.connect_and_serve();
    } catch (const GateClosed& error) {
      interrupted(ConnectionState::connecting, error.what(), {});
    } catch (const BrokerRefused& error) {
      interrupted(ConnectionState::refused, error.what(), pause_.after_refusal());
    } catch (const BrokerError& error) {
      interrupted(ConnectionState::connecting, error.what(), pause_.after_failure());
    } catch (const std::exception& error) {
      interrupted(ConnectionState::refused, error.what(), pause_.after_refusal());
    }
  }
  enter(ConnectionState::stopped, {});
}

void ConnectionLoop::interrupted(ConnectionState state, const char* reason,
                                 std::chrono::milliseconds pause) {
  const bool is_news = state_ != state || reason_ != reason;
  enter(state, reason);
  if (is_news) {
    log_.warn("{} is interrupted state={} reason=\"{}\"", activity_, to_string(state), reason);
  }
  wait(pause);
}

void ConnectionLoop::wait(std::chrono::milliseconds pause) {
  const auto until = LoopClock::now() + pause;
  while (!stopping_) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - LoopClock::now());
    if (left.count() <= 0) break;
    pollfd source{.fd = wake_up_.descriptor(), .events = POLLIN, .revents = 0};
    ::poll(&source, 1, static_cast<int>(left.count()));
    wake_up_.clear();
    work_.take_over();
  }
}

void ConnectionLoop::enter(ConnectionState state, std::string reason) {
  state_ = state;
  reason_ = std::move(reason);
  work_.state_changed();
}

}  // namespace orderflow::bridge
