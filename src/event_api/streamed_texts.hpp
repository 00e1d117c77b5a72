#pragma once

#include "events/log/event.hpp"

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace orderflow::event_api {

/// The newest events as text of a stream, made once for all clients. Bounded; what is not kept is
/// made again. Safe from any thread.
class StreamedTexts {
 public:
  static constexpr std::size_t kept_max = 2048;
  static constexpr std::size_t kept_bytes_max = 4096;  ///< of one event

  /// Adds each event's text to `chunk`, in order, with `before_position` in front of its number.
  void append(std::string& chunk, const std::vector<events::EventPtr>& events,
              std::string_view before_position);

 private:
  struct Kept {
    std::int64_t seq = 0;
    std::string text;  ///< from the number of its position on
  };
  std::mutex mutex_;
  std::vector<Kept> kept_{kept_max};  ///< a ring, by position
};

/// An event as server-sent event (HTML Living Standard §9.2): `id` is the position in the log,
/// behind `before_position`, `event` the kind, `data` the CloudEvents document.
std::string streamed_text(const events::Event& event, std::string_view before_position);

}  // namespace orderflow::event_api
