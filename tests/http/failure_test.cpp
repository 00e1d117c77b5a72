#include "http/server_fixture.hpp"
#include "telemetry/log.hpp"

#include <spdlog/logger.h>
#include <spdlog/sinks/base_sink.h>

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <stdexcept>

namespace orderflow::test {
namespace {

/// What the server logs while this lives. Made before the server starts, so that no thread logs
/// while the logger changes.
class LogCapture {
 public:
  LogCapture() { telemetry::log("http").backend().sinks().push_back(sink_); }
  ~LogCapture() { telemetry::log("http").backend().sinks().pop_back(); }

  /// Waits for a line that contains `text`; gives it, or nothing after a while.
  std::string wait_for(std::string_view text) {
    std::unique_lock lock(sink_->lines_mutex);
    std::string found;
    sink_->changed.wait_for(lock, patience, [&] {
      for (const std::string& line : sink_->lines) {
        if (line.find(text) != std::string::npos) found = line;
      }
      return !found.empty();
    });
    return found;
  }

 private:
  struct Sink final : spdlog::sinks::base_sink<std::mutex> {
    void sink_it_(const spdlog::details::log_msg& message) override {
      const std::lock_guard lock(lines_mutex);
      lines.emplace_back(message.payload.data(), message.payload.size());
      changed.notify_all();
    }
    void flush_() override {}
    std::mutex lines_mutex;
    std::condition_variable changed;
    std::vector<std::string> lines;
  };
  std::shared_ptr<Sink> sink_ = std::make_shared<Sink>();
};

boost::asio::awaitable<http::Response> answer_with(http::Fields headers, unsigned status = 200) {
  http::Response response;
  response.status = status;
  response.headers = std::move(headers);
  co_return response;
}

}  // namespace

TEST_CASE("a handler that throws becomes a 500 that reveals nothing, and the log has the reason") {
  LogCapture log;
  TestServer server;
  server.router.add(http::Method::get, "/fail", http::Access::open,
                    [](http::Request&) -> boost::asio::awaitable<http::Response> {
                      throw std::runtime_error("the secret reason");
                      co_return http::Response{};
                    });
  server.router.add(http::Method::get, "/fail-early", http::Access::open,
                    [](http::Request&) -> boost::asio::awaitable<http::Response> { throw 7; });
  server.start();
  RawClient client = server.connect();
  client.send(request_text("GET", "/fail", "X-Correlation-ID: failing-1\r\n"));
  const RawResponse response = client.read_response();
  check_problem(response, 500, "internal-error");
  CHECK(response.body.find("secret") == std::string::npos);
  const std::string line = log.wait_for("correlation_id=failing-1");
  CHECK(line.find("the secret reason") != std::string::npos);

  client.send(request_text("GET", "/fail-early"));
  check_problem(client.read_response(), 500, "internal-error");
  client.send(request_text("GET", "/ping"));
  CHECK(client.read_response().body == "pong");
  CHECK(server.counters().responses_5xx == 2);
}

TEST_CASE("Unavailable becomes a 503 that names when to retry") {
  TestServer server;
  server.router.add(http::Method::post, "/full", http::Access::open,
                    [](http::Request&) -> boost::asio::awaitable<http::Response> {
                      throw http::Unavailable("the queue of writes is full");
                      co_return http::Response{};
                    });
  server.start();
  const RawResponse response = server.ask(request_text("POST", "/full", "", "{}"));
  check_problem(response, 503, "unavailable");
  CHECK(response.header("retry-after") == "1");
  CHECK(nlohmann::json::parse(response.body)["detail"] == "the queue of writes is full");
}

TEST_CASE("an answer that would break the framing is not sent") {
  LogCapture log;
  TestServer server;
  server.router.add(http::Method::get, "/split", http::Access::open, [](http::Request&) {
    return answer_with({{"Location", "/a\r\nSet-Cookie: stolen"}});
  });
  server.router.add(http::Method::get, "/length", http::Access::open, [](http::Request&) {
    return answer_with({{"content-length", "5"}});
  });
  server.router.add(http::Method::get, "/interim", http::Access::open,
                    [](http::Request&) { return answer_with({}, 101); });
  server.start();
  for (const char* path : {"/split", "/length", "/interim"}) {
    CAPTURE(path);
    const RawResponse response = server.ask(request_text("GET", path));
    check_problem(response, 500, "internal-error");
    CHECK_FALSE(response.has("set-cookie"));
  }
  CHECK(server.serves());
}

TEST_CASE("without free descriptors the server waits and then continues") {
  LogCapture log;
  http::ServerOptions options;
  options.threads = 1;
  TestServer server(options);
  server.start();
  CHECK(server.serves());
  rlimit before{};
  REQUIRE(::getrlimit(RLIMIT_NOFILE, &before) == 0);
  rlimit tight = before;
  tight.rlim_cur = 256;
  REQUIRE(::setrlimit(RLIMIT_NOFILE, &tight) == 0);
  std::vector<int> fillers;
  for (;;) {
    const int filler = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
    if (filler < 0) break;
    fillers.push_back(filler);
  }
  REQUIRE_FALSE(fillers.empty());
  // The one descriptor that is free is for the client's end.
  ::close(fillers.back());
  fillers.pop_back();
  RawClient client = server.connect();
  CHECK_FALSE(log.wait_for("cannot accept connections").empty());
  for (const int filler : fillers)
    ::close(filler);
  REQUIRE(::setrlimit(RLIMIT_NOFILE, &before) == 0);
  client.send(request_text("GET", "/ping"));
  CHECK(client.read_response().body == "pong");
  CHECK(server.serves());
}

}  // namespace orderflow::test
