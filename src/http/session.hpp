#pragma once

#include "http/message/response_head.hpp"
#include "http/presence.hpp"
#include "http/routing/request_checks.hpp"
#include "http/worker.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/beast/core/flat_buffer.hpp>

#include <array>
#include <chrono>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace orderflow::http {

struct TlsLayer;

/// Where a connection comes from.
struct Peer {
  std::string address;    ///< without the port
  std::string network;    ///< the address, or its /64 for IPv6, which belongs to one client
  bool is_local = false;  ///< of loopback
};

/// The answer to a connection that gets no slot.
extern const Problem server_full;

/// One connection: reads a request, has it answered, writes the answer, and so on in order until
/// one side ends it. Each of its own waits has a deadline; a handler's has none, but is notified
/// when the client has ended its side.
///
/// Runs on its worker's thread alone. Kept alive by its coroutine and its timer.
class Session : public std::enable_shared_from_this<Session>, private Presence {
 public:
  /// `room`: its slot; nothing where it has none and is only refused.
  Session(Worker& worker, Socket socket, Peer peer, std::optional<Room> room);
  ~Session() override;
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  /// Serves a connection that has a slot, which it releases at its end.
  static void start(Worker& worker, Socket socket, Peer peer, Room room);
  /// Refuses a connection over a cap with an answer, as far as that is possible without TLS.
  static void refuse(Worker& worker, Socket socket, const Problem& problem);

  /// Closes the connection where it is idle and ends its stream; else it ends after its answer.
  void drain();
  /// Closes the connection at once.
  void cut();

  /// True where it has waited for its client long enough to be closed for another connection, and
  /// nothing has just been sent to it.
  bool may_make_room();
  /// Releases its slot and closes the connection; only where it waits for its client.
  void make_room() noexcept { finish(); }

 private:
  using Clock = std::chrono::steady_clock;

  /// What happens to the connection. `linger` closes it after the client had time to read the
  /// answer: closing with unread input would reset it and lose the answer.
  enum class Next { keep, close, linger };
  enum class OnExpiry { cancel, close };

  /// One request and its answer.
  struct Exchange {
    explicit Exchange(BodyBudget& bodies) noexcept : body_share(bodies) {}

    Request request;
    RequestHead head;
    std::uint64_t content_length = 0;
    bool body_unread = false;
    bool close = false;  ///< the connection ends after the answer
    std::optional<Refusal> refusal;
    Router::Match match;
    Response response;
    Clock::time_point began;
    BodyBudget::Share body_share;
  };

  /// No callback is pending when it ends.
  struct StopWatching {
    Session& session;
    ~StopWatching() { session.stop_watching(); }
  };

  static boost::asio::awaitable<void> run(std::shared_ptr<Session> self);
  static boost::asio::awaitable<void> run_refusal(std::shared_ptr<Session> self,
                                                  const Problem& problem);
  static void spawn(std::shared_ptr<Session> self, boost::asio::awaitable<void> coroutine);

  boost::asio::awaitable<Next> serve_one();
  /// Answers what no request was read for, and gives the client time to read it.
  boost::asio::awaitable<void> send_refusal(const Problem& problem);
  /// True where a port with TLS receives plain HTTP.
  boost::asio::awaitable<bool> begins_in_plain();
  /// Performs the TLS handshake; false where it fails.
  boost::asio::awaitable<bool> begin_tls();
  /// Sends the TLS close notification.
  boost::asio::awaitable<void> end_tls();
  boost::asio::awaitable<bool> wait_for_request();
  boost::asio::awaitable<bool> receive_head(Exchange& exchange);
  boost::asio::awaitable<bool> receive_body(Exchange& exchange);
  boost::asio::awaitable<void> run_handler(Exchange& exchange);
  boost::asio::awaitable<Next> send(Exchange& exchange);
  boost::asio::awaitable<bool> send_chunks(Exchange& exchange, bool chunked);
  void log_failed_stream(const Exchange& exchange, const std::exception_ptr& error);
  boost::asio::awaitable<void> linger();

  /// Checks repeatedly whether the key that has opened the stream is still valid, as long as the
  /// stream exists, whether there is anything to send or not.
  void watch_key();
  void look_at_key();

  void take_head(Exchange& exchange, std::size_t length);
  void check(Exchange& exchange);
  void answer_refusal(Exchange& exchange);
  void account(const Exchange& exchange);

  /// Reads what is available; 0 where the peer has ended, the deadline passed or the socket failed.
  boost::asio::awaitable<std::size_t> read_some(boost::asio::mutable_buffer into);
  boost::asio::awaitable<std::size_t> read_more();
  /// The same of a body, whose beginning may have been read ahead.
  boost::asio::awaitable<std::size_t> read_body(boost::asio::mutable_buffer into);
  /// False where not all was written.
  boost::asio::awaitable<bool> write(std::array<boost::asio::const_buffer, 3> parts);
  std::string_view received() const noexcept;
  bool input_waits();
  /// True where it does not wait for another request: its worker ends its sessions. One that began
  /// since waits for its first until the port is closed.
  bool has_to_end() const noexcept;

  /// The session is waiting for its client, as long as this lives.
  class Waiting {
   public:
    explicit Waiting(Session& session) noexcept;
    ~Waiting() { session_.stop_waiting(); }
    Waiting(const Waiting&) = delete;
    Waiting& operator=(const Waiting&) = delete;

   private:
    Session& session_;
  };
  void stop_waiting() noexcept;

  // ---- the client's end, while an answer is held ------------------------------------------------

  bool watch(std::function<void()> gone) override;
  /// Reads ahead of the answer, into a buffer of its own, so that the client's end is noticed.
  void read_ahead();
  void on_read_ahead(const boost::system::error_code& error, std::size_t size);
  void stop_watching() noexcept;
  /// Waits for what is read ahead, which is then in `buffer_`; false where nothing has come.
  boost::asio::awaitable<bool> take_read_ahead();

  void set_deadline(std::chrono::milliseconds from_now, OnExpiry action);
  void set_deadline_at(Clock::time_point time, OnExpiry action);
  void clear_deadline() noexcept { deadline_ = Clock::time_point::max(); }
  void arm_timer();
  void on_timer();
  void finish() noexcept;

  Worker& worker_;
  const ServerOptions& options_;
  Socket socket_;
  std::unique_ptr<TlsLayer> tls_;  ///< null: no TLS
  const Peer peer_;
  const std::optional<Room> room_;
  boost::beast::flat_buffer buffer_;
  std::string head_out_;
  BodyStream* stream_ = nullptr;
  const Exchange* streamed_ = nullptr;  ///< whose stream it is
  bool key_has_ended_ = false;          ///< the stream was stopped
  Timer key_timer_;
  bool idle_ = false;
  bool holds_refusal_slot_ = false;
  bool finished_ = false;
  bool is_early_ = true;  ///< began before its worker began to end its sessions
  Worker::SessionHandle handle_;
  bool waits_ = false;  ///< for its client, since
  Clock::time_point waits_since_{};
  /// By then the first request's header is complete; nothing: it was.
  std::optional<Clock::time_point> first_head_by_;

  std::function<void()> gone_callback_;
  bool holds_answer_ = false;
  bool client_has_ended_ = false;
  bool drops_input_ = false;
  static constexpr std::size_t ahead_bytes = 1024;
  std::unique_ptr<std::array<char, ahead_bytes>> ahead_;
  bool reads_ahead_ = false;
  bool has_read_ahead_ = false;  ///< the last time something came
  Timer ahead_signal_;           ///< cancelled when a read ahead has ended

  // A deadline that moves ahead costs nothing: the timer finds it moved when it fires.
  Timer timer_;
  Clock::time_point deadline_ = Clock::time_point::max();
  Clock::time_point timer_fires_ = Clock::time_point::max();
  OnExpiry on_expiry_ = OnExpiry::close;
  bool timed_out_ = false;
};

}  // namespace orderflow::http
