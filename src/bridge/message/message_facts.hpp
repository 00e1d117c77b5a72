#pragma once

#include "bridge/message/message.hpp"

#include <nlohmann/json.hpp>

#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

namespace orderflow::bridge {

/// A message is none of ours; what() gives the reason, for people.
class Refused : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// What a message states of its event, in texts as they are there: from the body, and what that
/// lacks from properties and headers. Nothing where neither states it.
struct MessageFacts {
  std::string kind;
  int version = 1;
  nlohmann::json data;
  std::optional<std::string> id;
  std::optional<std::string> source;  ///< a CloudEvent's; of ours it holds the origin
  std::optional<std::string> origin;
  std::optional<std::string> key;
  std::optional<std::string> home;
  std::optional<std::string> correlation_id;
  std::optional<std::string> causation_id;
  std::optional<std::string> traceparent;
  std::optional<std::string> occurred_at;        ///< RFC 3339
  std::optional<std::uint64_t> sent_at_seconds;  ///< since 1970
  std::string app_id;
  std::vector<std::string> handled_by;
  std::string wanted_by;  ///< it is sent once more for this module
};

/// Recognises the envelope by the body. Throws `Refused`.
MessageFacts read_facts(const Message& message);

/// The key of the event in a message, as far as it is known; else empty.
std::string key_of(const Message& message);

}  // namespace orderflow::bridge
