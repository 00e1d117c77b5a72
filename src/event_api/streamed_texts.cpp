#include "event_api/streamed_texts.hpp"

#include "events/log/cloud_event.hpp"

namespace orderflow::event_api {
namespace {

std::string from_place_on(const events::Event& event) {
  std::string text = std::to_string(event.meta().seq.value());
  text += "\nevent: " + event.meta().kind;
  text += "\ndata: " + cloud_event_text(event) + "\n\n";
  return text;
}

void append_id(std::string& chunk, std::string_view before_position) {
  chunk += "id: ";
  chunk += before_position;
}

}  // namespace

void StreamedTexts::append(std::string& chunk, const std::vector<events::EventPtr>& events,
                           std::string_view before_position) {
  const std::lock_guard lock(mutex_);
  for (const auto& event : events) {
    append_id(chunk, before_position);
    const std::int64_t seq = event->meta().seq.value();
    Kept& kept = kept_[static_cast<std::size_t>(seq) % kept_max];
    if (kept.seq == seq) {
      chunk += kept.text;
      continue;
    }
    std::string text = from_place_on(*event);
    chunk += text;
    if (text.size() <= kept_bytes_max) kept = {.seq = seq, .text = std::move(text)};
  }
}

std::string streamed_text(const events::Event& event, std::string_view before_position) {
  std::string text;
  append_id(text, before_position);
  text += from_place_on(event);
  return text;
}

}  // namespace orderflow::event_api
