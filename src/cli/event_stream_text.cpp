#include "cli/event_stream_text.hpp"

#include <utility>

namespace orderflow::cli {

bool EventStreamText::feed(std::string_view piece) {
  for (const char c : piece) {
    const bool ends_pair = after_return_ && c == '\n';
    after_return_ = c == '\r';
    if (ends_pair) continue;
    if (c == '\n' || c == '\r') {
      take_line(line_);
      line_.clear();
    } else {
      line_ += c;
    }
    if (line_.size() + event_.data.size() > bytes_max_) return false;
  }
  return true;
}

void EventStreamText::take_line(std::string_view line) {
  if (line.empty()) {
    // An id counts also where it comes without an event.
    if (!event_.id.empty()) last_id_ = event_.id;
    if (has_data_) take_(event_);
    event_ = {};
    has_data_ = false;
    return;
  }
  const std::size_t colon = line.find(':');
  const std::string_view name = line.substr(0, colon);
  std::string_view value;
  if (colon != std::string_view::npos) value = line.substr(colon + 1);
  if (value.starts_with(' ')) value.remove_prefix(1);
  if (name == "id") {
    event_.id = value;
  } else if (name == "event") {
    event_.kind = value;
  } else if (name == "data") {
    if (has_data_) event_.data += '\n';
    event_.data += value;
    has_data_ = true;
  }
}

}  // namespace orderflow::cli
