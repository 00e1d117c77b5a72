#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>

#include <unistd.h>
#include <chrono>
#include <csignal>
#include <functional>
#include <utility>

namespace orderflow::app {

/// Waits on the calling thread for a reason to stop.
class StopSignal {
 public:
  StopSignal() : signals_(context_, SIGINT, SIGTERM), reload_(context_) { listen(); }

  void wait() { context_.run(); }

  /// After `wait`: stays until `limit` has passed or there is another reason to stop.
  void wait_at_most(std::chrono::milliseconds limit) {
    context_.restart();
    boost::asio::steady_timer timer(context_, limit);
    timer.async_wait([this](boost::system::error_code error) {
      if (!error) context_.stop();
    });
    context_.run();
  }

  /// Calls `reload` at each SIGHUP, on the thread that waits.
  void on_hangup(std::function<void()> reload) {
    if (!reload_at_) reload_.add(SIGHUP);
    reload_at_ = std::move(reload);
    listen_for_hangup();
  }

  /// From any thread.
  void raise() {
    boost::asio::post(context_, [this] { context_.stop(); });
  }

  /// From now on a signal ends the process at once.
  void give_up_on_next() {
    signals_.clear();
    std::signal(SIGINT, [](int) { ::_exit(128 + SIGINT); });
    std::signal(SIGTERM, [](int) { ::_exit(128 + SIGTERM); });
  }

 private:
  void listen() {
    signals_.async_wait([this](boost::system::error_code error, int) {
      if (!error) context_.stop();
    });
  }

  void listen_for_hangup() {
    reload_.async_wait([this](boost::system::error_code error, int) {
      if (error) return;
      reload_at_();
      listen_for_hangup();
    });
  }

  boost::asio::io_context context_{1};
  boost::asio::signal_set signals_;
  boost::asio::signal_set reload_;
  std::function<void()> reload_at_;
};

}  // namespace orderflow::app
