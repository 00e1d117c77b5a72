#pragma once

#include "bridge/message/message.hpp"
#include "core/clock.hpp"
#include "events/log/catalog.hpp"
#include "events/log/event.hpp"
#include "events/log/schema_check.hpp"

#include <boost/system/result.hpp>

#include <cstddef>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace orderflow::bridge {

/// The event in a message. `meta` has no position in a log yet.
struct DecodedEvent {
  events::EventMeta meta;
  std::string payload;
  events::EventBody body;
  /// Modules of the node it comes from that have handled it there already.
  std::vector<std::string> handled_by;
  bool starts_trace = false;   ///< it names none, and was given one
  std::string wanted_by = {};  ///< see `ReceivedEvent`
};

/// Why a message is none of ours: for the log, without the payload.
struct Unreadable {
  std::string reason;
};

/// Reads messages in either envelope, whoever has sent them: docs/production.md has the rules.
/// What is accepted is valid under its JSON Schema and the same whenever the message comes again,
/// but for a time that is more than a day ahead, which is replaced by that of the arrival.
/// Belongs to one thread.
class Decoder {
 public:
  /// `node` is the receiving node. The catalog outlives the decoder.
  Decoder(const events::Catalog& catalog, std::string node, std::size_t message_bytes_max);

  boost::system::result<DecodedEvent, Unreadable> decode(const Message& message,
                                                         core::Timestamp now);

 private:
  using Key = std::pair<std::string, int>;
  struct Kind {
    std::string owner;
    events::Visibility visibility;
  };

  DecodedEvent read(const Message& message, core::Timestamp now);
  const Kind& require_kind(const std::string& kind) const;
  void require_schema(const events::EventMeta& meta, const nlohmann::json& data);

  const events::Catalog& catalog_;
  const std::string node_;
  const std::size_t message_bytes_max_;
  std::map<std::string, Kind, std::less<>> kinds_;
  std::map<Key, events::SchemaCheck> schemas_;
};

}  // namespace orderflow::bridge
