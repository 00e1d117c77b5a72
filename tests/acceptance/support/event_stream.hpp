#pragma once

#include "support/raw_client.hpp"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <string>

namespace orderflow::test {

/// A follower of a node's live event stream (server-sent events, html.spec.whatwg.org §9.2).
class EventStream {
 public:
  struct Message {
    std::string id;
    std::string event;
    nlohmann::json data;
  };

  /// Connects and reads the answer's head, which must be a stream. `target` may have a query,
  /// `last_event_id` may be empty.
  explicit EventStream(std::uint16_t port, const std::string& last_event_id = {},
                       const std::string& target = "/v1/events/stream");

  /// The next message; comments are passed over. Throws where the stream ends or is silent for too
  /// long.
  Message next();

  /// True where the server ended the stream, with all chunks whole.
  bool at_end();

 private:
  std::string take_line();

  RawClient client_;
  std::string received_;
  bool ended_ = false;
};

}  // namespace orderflow::test
