#include "acceptance/support/event_stream.hpp"

#include <doctest/doctest.h>

#include <stdexcept>
#include <string_view>

namespace orderflow::test {

EventStream::EventStream(std::uint16_t port, const std::string& last_event_id,
                         const std::string& target)
    : client_(port) {
  std::string request = "GET " + target + " HTTP/1.1\r\nHost: localhost\r\n";
  if (!last_event_id.empty()) request += "Last-Event-ID: " + last_event_id + "\r\n";
  client_.send(request + "\r\n");
  const RawResponse head = client_.read_head();
  REQUIRE(head.status == 200);
  REQUIRE(head.header("content-type").starts_with("text/event-stream"));
}

EventStream::Message EventStream::next() {
  Message message;
  std::string data;
  for (;;) {
    const std::string line = take_line();
    if (ended_) throw std::runtime_error("the stream has ended");
    if (line.empty() && !data.empty()) break;
    const std::size_t colon = line.find(": ");
    if (colon == std::string::npos) continue;
    const std::string_view field = std::string_view(line).substr(0, colon);
    const std::string value = line.substr(colon + 2);
    if (field == "id") message.id = value;
    if (field == "event") message.event = value;
    if (field == "data") data += value;
  }
  message.data = nlohmann::json::parse(data);
  return message;
}

bool EventStream::at_end() {
  while (!ended_)
    take_line();
  return true;
}

std::string EventStream::take_line() {
  std::size_t end = 0;
  while ((end = received_.find('\n')) == std::string::npos) {
    const auto chunk = client_.read_chunk();
    if (!chunk) {
      ended_ = true;
      return {};
    }
    received_ += *chunk;
  }
  std::string line = received_.substr(0, end);
  received_.erase(0, end + 1);
  return line;
}

}  // namespace orderflow::test
