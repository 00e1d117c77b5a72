#pragma once

#include "core/id_source.hpp"
#include "http/message/http_date.hpp"
#include "http/server_state.hpp"
#include "telemetry/logger.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <exception>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <thread>

namespace orderflow::http {

class Session;

// Concrete executors: on the path of a request only the coroutines themselves are dispatched
// through a type-erased one.
using IoExecutor = boost::asio::io_context::executor_type;
using Socket = boost::asio::basic_stream_socket<boost::asio::ip::tcp, IoExecutor>;
using Timer = boost::asio::basic_waitable_timer<
    std::chrono::steady_clock, boost::asio::wait_traits<std::chrono::steady_clock>, IoExecutor>;

/// The text of an exception, for the log.
std::string describe(const std::exception_ptr& failure);

/// One I/O thread with its own io_context and its own listening socket; the kernel spreads the
/// connections over the workers of a port (SO_REUSEPORT).
///
/// Threads: the public functions of the first group belong to the server's thread, those of the
/// second to the sessions on the worker's own.
class Worker {
 public:
  explicit Worker(ServerState& state);
  /// Joins the thread and drops the handlers that never finished.
  ~Worker();
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  /// Binds and listens; returns the endpoint in use. Throws `boost::system::system_error`.
  boost::asio::ip::tcp::endpoint listen(const boost::asio::ip::tcp::endpoint& endpoint);
  void start();
  /// From now on a session ends after its answer.
  void retire();
  /// Closes what is idle, too; connections are still accepted, for one answer each.
  void end_sessions();
  /// Accepts those connections that have come already, and closes the listening socket.
  void close_port();
  /// Closes every connection.
  void cut();
  /// Lets the thread end once nothing is left to do.
  void release();
  /// Makes the thread end whatever is left.
  void stop();
  void join();

  ServerState& state() noexcept { return state_; }
  telemetry::Logger& log() noexcept { return log_; }
  boost::asio::io_context& context() noexcept { return context_; }
  /// A session ends after its answer.
  bool is_retiring() const noexcept { return stage_ >= Stage::retiring; }
  /// What is idle or streams now has to end.
  bool ends_sessions() const noexcept { return stage_ >= Stage::ending_sessions; }
  bool has_closed_port() const noexcept { return stage_ == Stage::port_closed; }
  /// A session's entry among those of the worker, until `leave`.
  using SessionHandle = std::list<Session*>::iterator;
  SessionHandle enter(Session& session);
  void leave(SessionHandle handle, bool is_early);
  /// The session waits for its client from now on; the waiting ones are kept in that order.
  void waits(SessionHandle handle) { waiting_.splice(waiting_.end(), busy_, handle); }
  /// It no longer does.
  void works(SessionHandle handle) { busy_.splice(busy_.end(), waiting_, handle); }
  /// True where one more refused connection may stay open until its client has read the answer.
  bool take_refusal_slot() noexcept;
  void return_refusal_slot() noexcept { --refusals_open_; }
  /// The trace of a request that came with these headers; makes what is missing or malformed.
  core::TraceContext make_trace(const Request& request);
  /// The value of the Date header now; valid until the next call.
  std::string_view date() { return date_.at(state_.clock.now()); }

 private:
  enum class Stage { serving, retiring, ending_sessions, port_closed };

  void run() noexcept;
  boost::asio::awaitable<void> accept_connections();
  void accept_those_waiting();
  void admit(Socket socket, const boost::asio::ip::tcp::endpoint& peer);
  /// A slot for one more connection, taken: a free one, that of the session that has waited for its
  /// client longest, if that is long enough, or one of the reserve.
  std::optional<Room> find_room();
  bool end_longest_waiting();
  template <class Visit>
  void for_each_session(Visit visit);

  ServerState& state_;
  telemetry::Logger& log_;
  core::IdSource ids_;
  HttpDate date_;
  std::unique_ptr<core::Random> random_;
  std::list<Session*> busy_;
  std::list<Session*> waiting_;  ///< the longest first
  std::size_t refusals_open_ = 0;
  Stage stage_ = Stage::serving;
  // Sessions live in the context's queues and refer to all of the above.
  boost::asio::io_context context_{1};
  boost::asio::executor_work_guard<IoExecutor> work_{context_.get_executor()};
  boost::asio::basic_socket_acceptor<boost::asio::ip::tcp, IoExecutor> acceptor_{context_};
  Timer accept_pause_{context_};
  std::thread thread_;
};

}  // namespace orderflow::http
