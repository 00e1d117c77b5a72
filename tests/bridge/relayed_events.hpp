#pragma once

#include "events/log/event.hpp"

#include <cstdint>
#include <string>
#include <utility>

namespace orderflow::bridge {

/// Events as the log would hand them over, distinguished by their position in it.
inline events::EventId id_of(std::int64_t seq) {
  core::Uuid uuid;
  for (std::size_t i = 0; i < 8; ++i)
    uuid.bytes[15 - i] = static_cast<std::uint8_t>(seq >> (8 * i));
  return events::EventId(uuid);
}

inline events::EventPtr event_of(std::int64_t seq, std::string key,
                                 std::string kind = "order.created") {
  events::EventMeta meta;
  meta.seq = events::Seq(seq);
  meta.id = id_of(seq);
  meta.kind = std::move(kind);
  meta.key = std::move(key);
  return std::make_shared<const events::Event>(std::move(meta), std::string(600, 'x'),
                                               events::EventBody{});
}

/// `first` to `last`, each with a key of its own.
inline events::EventList events_of(std::int64_t first, std::int64_t last) {
  events::EventList events;
  for (std::int64_t seq = first; seq <= last; ++seq)
    events.push_back(event_of(seq, "o-" + std::to_string(seq)));
  return events;
}

}  // namespace orderflow::bridge
