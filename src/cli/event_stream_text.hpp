#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

namespace orderflow::cli {

/// One server-sent event.
struct StreamedEvent {
  std::string id;
  std::string kind;
  std::string data;
};

/// Reads server-sent events (HTML Living Standard §9.2.6) from pieces of text as they come. What is
/// kept of an unfinished event is bounded.
class EventStreamText {
 public:
  using Take = std::function<void(const StreamedEvent&)>;

  explicit EventStreamText(Take take, std::size_t bytes_max = std::size_t{16} << 20)
      : take_(std::move(take)), bytes_max_(bytes_max) {}

  /// False where an event is longer than allowed: nothing more can be read then.
  bool feed(std::string_view piece);

  /// The id after which a new connection resumes: that of the last event, or the one that the
  /// stream sent before the first event. Empty where there was none.
  const std::string& last_id() const noexcept { return last_id_; }

 private:
  void take_line(std::string_view line);

  Take take_;
  const std::size_t bytes_max_;
  std::string line_;
  bool after_return_ = false;
  StreamedEvent event_;
  std::string last_id_;
  bool has_data_ = false;
};

}  // namespace orderflow::cli
