// A session and its client: whether the client and its key are still valid while an answer is held.
#include "http/session.hpp"
#include "http/tls_layer.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <utility>

namespace orderflow::http {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {

/// A stream is ended at the first check after its key has ended, and cut at the second.
constexpr std::chrono::milliseconds key_look_every{400};

}  // namespace

Session::Waiting::Waiting(Session& session) noexcept : session_(session) {
  if (session.finished_ || session.waits_) return;
  session.waits_ = true;
  session.waits_since_ = Clock::now();
  session.worker_.waits(session.handle_);
}

void Session::stop_waiting() noexcept {
  if (std::exchange(waits_, false)) worker_.works(handle_);
}

bool Session::may_make_room() {
  if (!waits_ || Clock::now() - waits_since_ < options_.idle_before_room) return false;
  error_code error;
  return socket_.available(error) == 0;
}

void Session::watch_key() {
  if (worker_.state().authorizer == nullptr) return;
  key_timer_.expires_after(key_look_every);
  key_timer_.async_wait([self = shared_from_this()](error_code error) {
    if (!error && self->streamed_ != nullptr) self->look_at_key();
  });
}

void Session::look_at_key() {
  const Authorizer& authorizer = *worker_.state().authorizer;
  if (authorizer.still_authorizes(streamed_->request, streamed_->match.access)) {
    key_has_ended_ = false;
  } else if (std::exchange(key_has_ended_, true)) {
    // It was stopped and still exists: its client does not read what is being sent.
    cut();
    return;
  } else {
    stream_->stop();
  }
  watch_key();
}

bool Session::watch(std::function<void()> gone) {
  auto& held = worker_.state().responses_held;
  if (!holds_answer_) {
    if (held.fetch_add(1) >= options_.connections_max / 2) {
      held.fetch_sub(1);
      return false;
    }
    holds_answer_ = true;
  }
  if (client_has_ended_) {
    gone();
    return true;
  }
  gone_callback_ = std::move(gone);
  read_ahead();
  return true;
}

void Session::stop_watching() noexcept {
  gone_callback_ = nullptr;
  if (std::exchange(holds_answer_, false)) worker_.state().responses_held.fetch_sub(1);
}

void Session::read_ahead() {
  // What was sent behind the request is kept, but only up to a bound: a client that keeps sending
  // is not noticed to have gone until its answer is written.
  if (reads_ahead_ || finished_ || buffer_.size() + ahead_bytes > buffer_.max_size()) return;
  if (!ahead_) ahead_ = std::make_unique<std::array<char, ahead_bytes>>();
  auto done = [self = shared_from_this()](const error_code& error, std::size_t size) {
    self->on_read_ahead(error, size);
  };
  reads_ahead_ = true;
  if (tls_) {
    tls_->stream.async_read_some(asio::buffer(*ahead_), std::move(done));
  } else {
    socket_.async_read_some(asio::buffer(*ahead_), std::move(done));
  }
}

void Session::on_read_ahead(const error_code& error, std::size_t size) {
  reads_ahead_ = false;
  has_read_ahead_ = !error && size > 0;
  if (finished_) return;
  if (has_read_ahead_ && !drops_input_) {
    buffer_.commit(asio::buffer_copy(buffer_.prepare(size), asio::buffer(*ahead_, size)));
    if (gone_callback_) read_ahead();
  } else if (error && error != asio::error::operation_aborted) {
    client_has_ended_ = true;
    if (const auto gone = std::exchange(gone_callback_, nullptr)) {
      worker_.state().metrics.answers_ended.fetch_add(1, std::memory_order_relaxed);
      gone();
    }
  }
  ahead_signal_.cancel();
}

asio::awaitable<bool> Session::take_read_ahead() {
  error_code cancelled;
  ahead_signal_.expires_at(Clock::time_point::max());
  co_await ahead_signal_.async_wait(asio::redirect_error(asio::use_awaitable, cancelled));
  co_return has_read_ahead_ && !timed_out_;
}

}  // namespace orderflow::http
