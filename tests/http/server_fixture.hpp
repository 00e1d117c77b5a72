#pragma once

#include "core/clock.hpp"
#include "http/server.hpp"
#include "http/server_metrics.hpp"
#include "support/raw_client.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <chrono>
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>

namespace orderflow::test {

/// Longer than anything that works takes.
constexpr std::chrono::seconds patience{10};
/// A drain that takes it all has failed: clients lose their patience before.
constexpr std::chrono::seconds drain_limit{30};

/// Something that has happened a number of times, for a thread that waits for it.
class Occurrence {
 public:
  void happen() {
    const std::lock_guard lock(mutex_);
    ++count_;
    changed_.notify_all();
  }
  bool wait_for(int count, std::chrono::milliseconds limit = patience) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, limit, [&] { return count_ >= count; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  int count_ = 0;
};

/// Holds coroutines until a test lets them continue. Outlives the server whose handlers it holds.
class Gate {
 public:
  boost::asio::awaitable<void> pass() {
    const auto executor = co_await boost::asio::this_coro::executor;
    const auto timer = std::make_shared<boost::asio::steady_timer>(
        executor, boost::asio::steady_timer::time_point::max());
    {
      const std::lock_guard lock(mutex_);
      if (open_) co_return;
      // Not shared: the timer must not outlive the server's io_context.
      waiting_.emplace_back(timer, executor);
    }
    entered_.happen();
    boost::system::error_code cancelled;
    co_await timer->async_wait(boost::asio::redirect_error(boost::asio::use_awaitable, cancelled));
  }
  void open() {
    const std::lock_guard lock(mutex_);
    open_ = true;
    for (const auto& [timer, executor] : waiting_) {
      boost::asio::post(executor, [waiting = timer] {
        if (const auto alive = waiting.lock()) alive->cancel();
      });
    }
    waiting_.clear();
  }
  bool wait_until_entered(int count = 1) { return entered_.wait_for(count); }

 private:
  std::mutex mutex_;
  bool open_ = false;
  std::deque<std::pair<std::weak_ptr<boost::asio::steady_timer>, boost::asio::any_io_executor>>
      waiting_;
  Occurrence entered_;
};

/// A server on a free port of loopback, with the routes that a test adds before it starts.
class TestServer {
 public:
  explicit TestServer(http::ServerOptions options = {}) : options_(std::move(options)) {
    options_.port = 0;
    router.add(http::Method::get, "/ping", http::Access::open,
               [](http::Request&) { return text("pong"); });
    router.add(http::Method::post, "/echo", http::Access::open,
               [](http::Request& request) { return text(request.body); },
               {.body_bytes_max = options_.body_bytes_max});
  }

  void start() {
    server_ = std::make_unique<http::Server>(options_, router, clock_, metrics_, authorizer);
    server_->start();
  }
  http::Server& server() { return *server_; }
  http::ServerCounters counters() const { return metrics_.counters(); }
  RawClient connect() { return RawClient(server_->port()); }

  /// The answer to `bytes`, on a connection of its own.
  RawResponse ask(std::string_view bytes) {
    RawClient client = connect();
    client.send(bytes);
    return client.read_response();
  }
  bool serves() { return ask("GET /ping HTTP/1.1\r\nHost: localhost\r\n\r\n").body == "pong"; }

  static boost::asio::awaitable<http::Response> text(std::string body) {
    http::Response response;
    response.content_type = "text/plain";
    response.body = std::move(body);
    co_return response;
  }

  http::Router router;
  http::Authorizer* authorizer = nullptr;  ///< outlives the server

 private:
  http::ServerOptions options_;
  core::SystemClock clock_;
  http::ServerMetrics metrics_;
  std::unique_ptr<http::Server> server_;
};

/// `method` and `path` with the headers that every proper request has.
inline std::string request_text(std::string_view method, std::string_view path,
                                std::string_view more_headers = "", std::string_view body = "") {
  std::string text;
  text.append(method).append(" ").append(path).append(" HTTP/1.1\r\nHost: localhost\r\n");
  if (!body.empty()) {
    text.append("Content-Type: application/json\r\nContent-Length: ");
    text.append(std::to_string(body.size())).append("\r\n");
  }
  return text.append(more_headers).append("\r\n").append(body);
}

/// Checks that `response` is a problem document of that status and slug.
inline void check_problem(const RawResponse& response, unsigned status, std::string_view slug) {
  CHECK(response.status == status);
  CHECK(response.header("content-type") == "application/problem+json");
  CHECK(response.header("x-content-type-options") == "nosniff");
  CHECK(response.header("cache-control") == "no-store");
  CHECK_FALSE(response.header("traceparent").empty());
  const auto document = nlohmann::json::parse(response.body, nullptr, false);
  REQUIRE(document.is_object());
  CHECK(document["type"] == "/problems/" + std::string(slug));
  CHECK(document["status"] == status);
  CHECK_FALSE(document["title"].get<std::string>().empty());
  CHECK_FALSE(document["detail"].get<std::string>().empty());
  CHECK(document["correlationId"] == response.header("x-correlation-id"));
}

}  // namespace orderflow::test
