#include "event_api/streamed_texts.hpp"

#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <vector>

namespace orderflow::event_api {
namespace {

events::EventPtr event_at(std::int64_t seq, std::string payload = R"({"n":1})") {
  events::EventMeta meta;
  meta.seq = events::Seq{seq};
  meta.kind = "tick.happened";
  meta.key = "k-" + std::to_string(seq);
  return std::make_shared<const events::Event>(std::move(meta), std::move(payload),
                                               events::EventBody{});
}

std::string text_of(StreamedTexts& texts, const std::vector<events::EventPtr>& events) {
  std::string chunk;
  texts.append(chunk, events, "");
  return chunk;
}

}  // namespace

TEST_CASE("each reader gets each event's own text, in order, however many there are") {
  StreamedTexts texts;
  const auto last = static_cast<std::int64_t>(3 * StreamedTexts::kept_max);
  for (int reader = 0; reader < 2; ++reader) {
    for (std::int64_t seq = 1; seq <= last; seq += 100) {
      const std::vector pair{event_at(seq), event_at(seq + 1)};
      CHECK(text_of(texts, pair) == streamed_text(*pair[0], "") + streamed_text(*pair[1], ""));
    }
  }
}

TEST_CASE("an event at the position of an earlier one is not mistaken for it") {
  StreamedTexts texts;
  const auto behind = static_cast<std::int64_t>(StreamedTexts::kept_max) + 5;
  CHECK(text_of(texts, {event_at(5)}).find("subject\":\"k-5\"") != std::string::npos);
  const std::string later = text_of(texts, {event_at(behind)});
  CHECK(later.starts_with("id: " + std::to_string(behind) + "\nevent: tick.happened\ndata: {"));
  CHECK(text_of(texts, {event_at(5)}) == streamed_text(*event_at(5), ""));
}

TEST_CASE("readers that name the incarnation of the log share the texts with those that do not") {
  StreamedTexts texts;
  const std::vector one{event_at(7)};
  const std::string plain = text_of(texts, one);
  std::string named;
  texts.append(named, one, "00000000000000aa.");
  CHECK(named == streamed_text(*one[0], "00000000000000aa."));
  CHECK(named == "id: 00000000000000aa." + plain.substr(std::string("id: ").size()));
}

TEST_CASE("an event that is too large to be kept is streamed all the same") {
  StreamedTexts texts;
  const auto large = event_at(1, '"' + std::string(StreamedTexts::kept_bytes_max, 'x') + '"');
  for (int reader = 0; reader < 2; ++reader)
    CHECK(text_of(texts, {large}) == streamed_text(*large, ""));
}

}  // namespace orderflow::event_api
