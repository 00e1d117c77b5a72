// The connection's side of a session: reading, writing, deadlines and the end.
#include "http/session.hpp"
#include "http/tls_layer.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include <sys/socket.h>

#include <utility>

namespace orderflow::http {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;

constexpr std::size_t read_bytes = 4096;
/// Enough for a client that first sends a body of some megabytes and reads the refusal after it.
constexpr std::size_t linger_bytes_max = 16U << 20;
constexpr std::chrono::milliseconds linger_time{2'000};
/// For a client to confirm the end of the connection; most do at once.
constexpr std::chrono::milliseconds farewell_time{500};
/// Slots in the reserve are few.
constexpr std::chrono::milliseconds reserve_patience{2'000};

}  // namespace

Session::Session(Worker& worker, Socket socket, Peer peer, std::optional<Room> room)
    : worker_(worker),
      options_(worker.state().options),
      socket_(std::move(socket)),
      peer_(std::move(peer)),
      room_(room),
      buffer_(options_.header_bytes_max + read_bytes),
      key_timer_(worker.context()),
      first_head_by_(Clock::now() + (room == Room::reserve
                                         ? std::min(reserve_patience, options_.header_timeout)
                                         : options_.header_timeout)),
      ahead_signal_(worker.context()),
      timer_(worker.context()) {
  if (options_.certificate) tls_ = std::make_unique<TlsLayer>(socket_, *options_.certificate);
  handle_ = worker_.enter(*this);
  is_early_ = !worker_.ends_sessions();
}

Session::~Session() {
  finish();
}

void Session::finish() noexcept {
  if (finished_) return;
  finished_ = true;
  // The slot is free before the client can see the end and reconnect.
  if (room_) {
    worker_.state().connections_by_address.give_back(peer_.network, peer_.is_local);
    worker_.state().open_in(*room_).fetch_sub(1);
  }
  if (holds_refusal_slot_) worker_.return_refusal_slot();
  stop_waiting();
  stop_watching();
  worker_.leave(handle_, is_early_);
  timer_.cancel();
  key_timer_.cancel();
  error_code ignored;
  socket_.close(ignored);
}

bool Session::has_to_end() const noexcept {
  return is_early_ ? worker_.ends_sessions() : worker_.has_closed_port();
}

void Session::drain() {
  if (stream_) {
    stream_->stop();
  } else if (idle_ && !input_waits()) {
    error_code ignored;
    socket_.cancel(ignored);
  }
}

void Session::cut() {
  error_code ignored;
  socket_.close(ignored);
}

std::string_view Session::received() const noexcept {
  return {static_cast<const char*>(buffer_.data().data()), buffer_.size()};
}

bool Session::input_waits() {
  error_code error;
  if (tls_ && SSL_pending(tls_->stream.native_handle()) > 0) return true;
  return buffer_.size() > 0 || socket_.available(error) > 0;
}

asio::awaitable<std::size_t> Session::read_some(asio::mutable_buffer into) {
  error_code error;
  std::size_t size = 0;
  if (client_has_ended_) co_return 0;
  if (tls_) {
    size = co_await tls_->stream.async_read_some(into,
                                                 asio::redirect_error(asio::use_awaitable, error));
  } else {
    size = co_await socket_.async_read_some(into, asio::redirect_error(asio::use_awaitable, error));
  }
  co_return error || timed_out_ ? 0 : size;
}

asio::awaitable<std::size_t> Session::read_more() {
  if (reads_ahead_) {
    const std::size_t before = buffer_.size();
    if (!co_await take_read_ahead()) co_return 0;
    co_return buffer_.size() - before;
  }
  const asio::mutable_buffer into = buffer_.prepare(read_bytes);
  const std::size_t size = co_await read_some(into);
  buffer_.commit(size);
  co_return size;
}

asio::awaitable<std::size_t> Session::read_body(asio::mutable_buffer into) {
  if (reads_ahead_ && !co_await take_read_ahead()) co_return 0;
  const std::size_t ahead = asio::buffer_copy(into, buffer_.data());
  buffer_.consume(ahead);
  if (ahead > 0) co_return ahead;
  const std::size_t size = co_await read_some(into);
  co_return size;
}

asio::awaitable<bool> Session::write(std::array<asio::const_buffer, 3> parts) {
  set_deadline(options_.write_timeout, OnExpiry::close);
  error_code error;
  if (tls_) {
    co_await asio::async_write(tls_->stream, parts,
                               asio::redirect_error(asio::use_awaitable, error));
  } else {
    co_await asio::async_write(socket_, parts, asio::redirect_error(asio::use_awaitable, error));
  }
  clear_deadline();
  co_return !error;
}

asio::awaitable<bool> Session::begins_in_plain() {
  set_deadline_at(*first_head_by_, OnExpiry::close);
  const Waiting waiting(*this);
  error_code error;
  co_await socket_.async_wait(Socket::wait_read, asio::redirect_error(asio::use_awaitable, error));
  clear_deadline();
  char first = 0;
  if (error || ::recv(socket_.native_handle(), &first, 1, MSG_PEEK | MSG_DONTWAIT) != 1) {
    co_return false;
  }
  // A method begins with a letter, a record of TLS with its type (RFC 8446 §5.1), which is below.
  co_return (first >= 'A' && first <= 'Z') || (first >= 'a' && first <= 'z');
}

asio::awaitable<bool> Session::begin_tls() {
  set_deadline_at(*first_head_by_, OnExpiry::close);
  const Waiting waiting(*this);
  error_code error;
  co_await tls_->stream.async_handshake(asio::ssl::stream_base::server,
                                        asio::redirect_error(asio::use_awaitable, error));
  clear_deadline();
  co_return !error && !timed_out_;
}

asio::awaitable<void> Session::end_tls() {
  if (!socket_.is_open()) co_return;
  set_deadline(farewell_time, OnExpiry::close);
  error_code error;
  co_await tls_->stream.async_shutdown(asio::redirect_error(asio::use_awaitable, error));
  clear_deadline();
}

asio::awaitable<void> Session::linger() {
  error_code error;
  socket_.shutdown(Socket::shutdown_send, error);
  if (error) co_return;
  set_deadline(linger_time, OnExpiry::close);
  drops_input_ = true;
  buffer_.clear();
  for (std::size_t total = 0; total < linger_bytes_max;) {
    const asio::mutable_buffer into = buffer_.prepare(buffer_.max_size());
    // Further input is dropped unread, so that it need not be decrypted.
    const std::size_t size =
        co_await socket_.async_read_some(into, asio::redirect_error(asio::use_awaitable, error));
    if (size == 0 || error || timed_out_) break;
    total += size;
  }
}

void Session::set_deadline(std::chrono::milliseconds from_now, OnExpiry action) {
  set_deadline_at(Clock::now() + from_now, action);
}

void Session::set_deadline_at(Clock::time_point time, OnExpiry action) {
  deadline_ = time;
  on_expiry_ = action;
  timed_out_ = false;
  if (deadline_ < timer_fires_) arm_timer();
}

void Session::arm_timer() {
  timer_fires_ = deadline_;
  timer_.expires_at(timer_fires_);
  timer_.async_wait([self = shared_from_this()](error_code error) {
    if (!error) self->on_timer();
  });
}

void Session::on_timer() {
  // The wait that ends here may be an earlier one that was replaced while it ended.
  if (finished_ || Clock::now() < timer_fires_) return;
  timer_fires_ = Clock::time_point::max();
  if (deadline_ == Clock::time_point::max()) return;
  if (Clock::now() < deadline_) return arm_timer();
  timed_out_ = true;
  clear_deadline();
  // A write of several steps would continue after a mere cancellation between two of them, and so
  // would everything that is encrypted.
  error_code ignored;
  if (on_expiry_ == OnExpiry::cancel && !tls_) {
    socket_.cancel(ignored);
  } else {
    socket_.close(ignored);
  }
}

}  // namespace orderflow::http
