#pragma once

#include "rabbitmq/client/channel.hpp"
#include "rabbitmq/client/connection.hpp"
#include "support/rabbitmq_broker.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <optional>
#include <string>
#include <variant>

namespace orderflow::rabbitmq {

inline ConnectionOptions options_for(const std::string& uri) {
  return {.address = parse_address(uri),
          .name = "test",
          .heartbeat = std::chrono::seconds(30),
          .connect_timeout = std::chrono::seconds(10),
          .stuck_timeout = std::chrono::seconds(20)};
}

/// The next of that kind; others are passed over. Fails the test where none comes.
template <class Kind>
Kind wait_for(Connection& connection, std::chrono::seconds limit = std::chrono::seconds(20)) {
  const auto deadline = std::chrono::steady_clock::now() + limit;
  while (std::chrono::steady_clock::now() < deadline) {
    const auto event = connection.next(std::chrono::milliseconds(100));
    if (event && std::holds_alternative<Kind>(*event)) return std::get<Kind>(*event);
  }
  FAIL("the broker did not send what was waited for");
  return {};
}

/// What connecting fails with, and how long it took.
template <class Error>
Error failure_to_connect(const ConnectionOptions& options) {
  Watchdog watchdog;
  try {
    const Connection connection(options, watchdog);
  } catch (const Error& error) {
    return error;
  }
  FAIL("connected to ", options.address.shown());
  throw std::logic_error("not reached");
}

inline bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace orderflow::rabbitmq
