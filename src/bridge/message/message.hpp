#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace orderflow::bridge {

using FieldValue = std::variant<std::string, std::int64_t, bool>;

/// Headers of a message, or arguments of a queue, in order. Names up to 128 bytes, all together up
/// to 64 KiB.
using Fields = std::vector<std::pair<std::string, FieldValue>>;

/// How an event looks in a message: docs/production.md.
enum class Envelope { cloudevents, nest };

/// What a message has beside its headers and its body: the properties of AMQP 0-9-1 that this
/// program uses. A broker without them carries them as headers. Empty ones are left out. Texts up
/// to 255 bytes.
struct MessageProperties {
  std::string message_id = {};
  std::string type = {};
  std::string correlation_id = {};
  std::string app_id = {};
  std::string content_type = {};
  std::optional<std::uint64_t> timestamp_seconds = {};  ///< since 1970
  bool persistent = true;
};

/// A message, without where it goes or how it came: that is the broker's. Headers of a received
/// message are those of the kinds in `FieldValue`; others are left out.
struct Message {
  MessageProperties properties = {};
  Fields headers = {};
  std::string body = {};
};

}  // namespace orderflow::bridge
