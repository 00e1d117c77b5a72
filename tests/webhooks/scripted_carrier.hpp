#pragma once

#include "sending/carrier.hpp"

#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

namespace orderflow::webhooks {

/// Answers as a test scripts it, by the request's URL; keeps what it was given.
class ScriptedCarrier final : public Carrier {
 public:
  boost::asio::awaitable<outbound::HttpAnswer> send(const outbound::HttpRequest& request) override {
    requests.push_back(request);
    const std::string url = request.url;
    if (held.contains(url)) {
      auto waiting = released(url);
      co_await std::move(waiting);
    }
    outbound::HttpAnswer answer = answer_of(url);
    co_return answer;
  }

  /// What a URL answers from now on; 0 is a connection that fails.
  void answer(const std::string& url, unsigned status,
              std::map<std::string, std::string, std::less<>> headers = {}) {
    answers_[url] = {.status = status, .headers = std::move(headers)};
  }

  /// Lets the requests that wait for their answer have it.
  void release(const std::string& url) {
    held.erase(url);
    auto waiting = std::exchange(waiting_[url], {});
    for (const auto& resume : waiting)
      resume();
  }

  /// They are never answered. Before the executor goes.
  void abandon() { waiting_.clear(); }

  std::vector<outbound::HttpRequest> to(const std::string& url) const {
    std::vector<outbound::HttpRequest> found;
    for (const auto& request : requests) {
      if (request.url == url) found.push_back(request);
    }
    return found;
  }

  std::vector<outbound::HttpRequest> requests;
  std::set<std::string> held;  ///< URLs that do not answer until they are released

 private:
  outbound::HttpAnswer answer_of(const std::string& url) const {
    const auto found = answers_.find(url);
    if (found == answers_.end()) return {.status = 200};
    if (found->second.status == 0) throw std::runtime_error("connection refused");
    return found->second;
  }

  boost::asio::awaitable<void> released(const std::string& url) {
    auto initiate = [&](auto handler) {
      auto shared = std::make_shared<decltype(handler)>(std::move(handler));
      const auto executor = boost::asio::get_associated_executor(*shared);
      waiting_[url].push_back(
          [shared, executor] { boost::asio::post(executor, [shared] { std::move (*shared)(); }); });
    };
    co_await boost::asio::async_initiate<const boost::asio::use_awaitable_t<>, void()>(
        initiate, boost::asio::use_awaitable);
  }

  std::map<std::string, outbound::HttpAnswer> answers_;
  std::map<std::string, std::vector<std::function<void()>>> waiting_;
};

/// The value of a request's header.
inline std::string header_of(const outbound::HttpRequest& request, const std::string& name) {
  for (const auto& [key, value] : request.headers) {
    if (key == name) return value;
  }
  return {};
}

}  // namespace orderflow::webhooks
