#include "streamed_texts.hpp"

#include "events/cloud_event.hpp"

namespace orderflow::app {

void StreamedTexts::append(std::string& chunk, const std::vector<events::EventPtr>& events) {
  const std::lock_guard lock(mutex_);
  for (const auto& event : events) {
    const std::int64_t seq = event->meta().seq.value();
    Kept& kept = kept_[static_cast<std::size_t>(seq) % kept_max];
    if (kept.seq == seq) {
      chunk += kept.text;
      continue;
    }
    std::string text = streamed_text(*event);
    chunk += text;
    if (text.size() <= kept_bytes_max) kept = {.seq = seq, .text = std::move(text)};
  }
}

std::string streamed_text(const events::Event& event) {
  std::string text = "id: " + std::to_string(event.meta().seq.value());
  text += "\nevent: " + event.meta().kind;
  text += "\ndata: " + cloud_event_text(event) + "\n\n";
  return text;
}

}  // namespace orderflow::app
