#include "http/server_fixture.hpp"

#include <future>
#include <stdexcept>

namespace orderflow::test {
namespace {

/// What a test puts into a stream that a client reads. Outlives the server.
struct Feed {
  void push(std::string chunk) {
    const std::lock_guard lock(mutex);
    chunks.push_back(std::move(chunk));
    wake();
  }
  void end() {
    const std::lock_guard lock(mutex);
    ended = true;
    wake();
  }
  void wake() {
    if (!executor) return;
    boost::asio::post(executor, [waiting = timer] {
      if (const auto alive = waiting.lock()) alive->cancel();
    });
  }

  std::mutex mutex;
  std::deque<std::string> chunks;
  bool ended = false;
  std::weak_ptr<boost::asio::steady_timer> timer;
  boost::asio::any_io_executor executor;
  Occurrence opened;
  Occurrence stopped;
  Occurrence released;
};

class FeedStream final : public http::BodyStream {
 public:
  explicit FeedStream(Feed& feed) : feed_(feed) {}
  ~FeedStream() override { feed_.released.happen(); }

  boost::asio::awaitable<std::optional<std::string>> next() override {
    const auto executor = co_await boost::asio::this_coro::executor;
    if (!timer_) timer_ = std::make_shared<boost::asio::steady_timer>(executor);
    for (;;) {
      {
        const std::lock_guard lock(feed_.mutex);
        feed_.timer = timer_;
        feed_.executor = executor;
        if (!feed_.chunks.empty()) {
          std::optional<std::string> chunk(std::move(feed_.chunks.front()));
          feed_.chunks.pop_front();
          co_return chunk;
        }
        if (feed_.ended || stopped_) co_return std::nullopt;
        timer_->expires_at(boost::asio::steady_timer::time_point::max());
      }
      feed_.opened.happen();
      boost::system::error_code woken;
      co_await timer_->async_wait(boost::asio::redirect_error(boost::asio::use_awaitable, woken));
    }
  }
  void stop() override {
    stopped_ = true;
    feed_.stopped.happen();
    if (timer_) timer_->cancel();
  }

 private:
  Feed& feed_;
  std::shared_ptr<boost::asio::steady_timer> timer_;
  bool stopped_ = false;
};

/// Never ends and never waits.
class EndlessStream final : public http::BodyStream {
 public:
  explicit EndlessStream(Occurrence& released) : released_(released) {}
  ~EndlessStream() override { released_.happen(); }
  boost::asio::awaitable<std::optional<std::string>> next() override {
    co_return std::string(64U << 10, 'x');
  }
  void stop() override {}

 private:
  Occurrence& released_;
};

class FailingStream final : public http::BodyStream {
 public:
  boost::asio::awaitable<std::optional<std::string>> next() override {
    if (std::exchange(begun_, true)) throw std::runtime_error("the stream broke");
    co_return std::string("first");
  }
  void stop() override {}

 private:
  bool begun_ = false;
};

template <class Stream, class... Source>
http::Handler streaming(Source&... source) {
  return [&source...](http::Request&) -> boost::asio::awaitable<http::Response> {
    http::Response response;
    response.content_type = "text/event-stream";
    response.stream = std::make_unique<Stream>(source...);
    co_return response;
  };
}

}  // namespace

TEST_CASE(
    "a stream whose client has disconnected is stopped at once, though there is nothing to send") {
  Feed feed;
  TestServer server;
  server.router.add(http::Method::get, "/stream", http::Access::open, streaming<FeedStream>(feed));
  server.start();
  RawClient client = server.connect();
  client.send(request_text("GET", "/stream"));
  client.read_head();
  REQUIRE(feed.opened.wait_for(1));
  client.close();
  CHECK(feed.stopped.wait_for(1));
  CHECK(feed.released.wait_for(1));
}

TEST_CASE("a stream reaches its client chunk by chunk as it is made") {
  Feed feed;
  TestServer server;
  server.router.add(http::Method::get, "/stream", http::Access::open, streaming<FeedStream>(feed));
  server.start();
  RawClient client = server.connect();
  client.send(request_text("GET", "/stream"));
  const RawResponse head = client.read_head();
  CHECK(head.header("transfer-encoding") == "chunked");
  CHECK(head.header("content-type") == "text/event-stream");
  CHECK_FALSE(head.has("content-length"));
  CHECK_FALSE(head.header("x-correlation-id").empty());
  feed.push("id: 1\n\n");
  CHECK(client.read_chunk() == "id: 1\n\n");
  feed.push(std::string(100'000, 'x'));
  CHECK(client.read_chunk() == std::string(100'000, 'x'));

  feed.end();
  CHECK_FALSE(client.read_chunk());
  client.send(request_text("GET", "/ping"));
  CHECK(client.read_response().body == "pong");
}

TEST_CASE("waiting for the next chunk has no deadline") {
  Feed feed;
  http::ServerOptions options;
  options.header_timeout = options.write_timeout = options.idle_timeout =
      std::chrono::milliseconds{20};
  TestServer server(options);
  server.router.add(http::Method::get, "/stream", http::Access::open, streaming<FeedStream>(feed));
  server.start();
  RawClient client = server.connect();
  client.send(request_text("GET", "/stream"));
  client.read_head();
  REQUIRE(feed.opened.wait_for(1));
  // Nothing may happen for longer than each of the timeouts.
  CHECK_FALSE(feed.released.wait_for(1, std::chrono::milliseconds{100}));
  feed.push("late");
  CHECK(client.read_chunk() == "late");
}

TEST_CASE("HTTP/1.0 gets a stream as it is, until the connection closes") {
  Feed feed;
  TestServer server;
  server.router.add(http::Method::get, "/stream", http::Access::open, streaming<FeedStream>(feed));
  server.start();
  RawClient client = server.connect();
  client.send("GET /stream HTTP/1.0\r\nHost: localhost\r\nConnection: keep-alive\r\n\r\n");
  const RawResponse head = client.read_head();
  CHECK_FALSE(head.has("transfer-encoding"));
  CHECK(head.header("connection") == "close");
  feed.push("one,");
  feed.push("two");
  feed.end();
  CHECK(client.read_until_close() == "one,two");
}

TEST_CASE("HEAD of a stream has its headers and releases it") {
  Feed feed;
  TestServer server;
  server.router.add(http::Method::get, "/stream", http::Access::open, streaming<FeedStream>(feed));
  server.start();
  RawClient client = server.connect();
  client.send(request_text("HEAD", "/stream") + request_text("GET", "/ping"));
  CHECK(client.read_response(true).header("content-type") == "text/event-stream");
  CHECK(client.read_response().body == "pong");
  CHECK(feed.released.wait_for(1));
}

TEST_CASE("a client that disconnected is noticed by the next chunks") {
  Feed feed;
  TestServer server;
  server.router.add(http::Method::get, "/stream", http::Access::open, streaming<FeedStream>(feed));
  server.start();
  RawClient client = server.connect();
  client.send(request_text("GET", "/stream"));
  client.read_head();
  client.close();
  const auto deadline = std::chrono::steady_clock::now() + patience;
  bool released = false;
  while (!released && std::chrono::steady_clock::now() < deadline) {
    feed.push(": heartbeat\n\n");
    released = feed.released.wait_for(1, std::chrono::milliseconds{5});
  }
  CHECK(released);
  CHECK(server.serves());
}

TEST_CASE("a client of a stream that reads nothing is cut by the write timeout") {
  Occurrence released;
  http::ServerOptions options;
  options.write_timeout = std::chrono::milliseconds{100};
  TestServer server(options);
  server.router.add(http::Method::get, "/endless", http::Access::open,
                    streaming<EndlessStream>(released));
  server.start();
  RawClient client(server.server().port(), 4096);
  client.send(request_text("GET", "/endless"));
  CHECK(released.wait_for(1));
  CHECK(server.serves());
}

TEST_CASE("a stream that fails ends without the mark of a whole body") {
  TestServer server;
  server.router.add(http::Method::get, "/broken", http::Access::open, streaming<FailingStream>());
  server.start();
  RawClient client = server.connect();
  client.send(request_text("GET", "/broken"));
  client.read_head();
  CHECK(client.read_chunk() == "first");
  CHECK(client.read_until_close().empty());
  CHECK(server.serves());
}

TEST_CASE("a drain ends the streams as whole bodies") {
  Feed feed;
  TestServer server;
  server.router.add(http::Method::get, "/stream", http::Access::open, streaming<FeedStream>(feed));
  server.start();
  RawClient client = server.connect();
  client.send(request_text("GET", "/stream"));
  client.read_head();
  feed.push("last");
  CHECK(client.read_chunk() == "last");
  REQUIRE(feed.opened.wait_for(1));
  auto drained = std::async(std::launch::async, [&] { server.server().drain(drain_limit); });
  CHECK(feed.stopped.wait_for(1));
  CHECK_FALSE(client.read_chunk());
  CHECK(client.read_until_close().empty());
  drained.get();
}

TEST_CASE("a drain cuts a stream that does not stop") {
  Occurrence released;
  TestServer server;
  server.router.add(http::Method::get, "/endless", http::Access::open,
                    streaming<EndlessStream>(released));
  server.start();
  RawClient client(server.server().port(), 4096);
  client.send(request_text("GET", "/endless"));
  client.read_head();
  server.server().drain(std::chrono::milliseconds{50});
  CHECK(released.wait_for(1));
}

}  // namespace orderflow::test
