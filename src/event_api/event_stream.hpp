#pragma once

#include "event_api/reading_position.hpp"
#include "event_api/streamed_texts.hpp"
#include "events/log/event_log.hpp"
#include "events/log/live_feed.hpp"
#include "host/host.hpp"
#include "http/message/message.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>

#include <memory>
#include <string>

namespace orderflow::event_api {

/// The log as server-sent events, from a position onwards. Where that is not the one that the
/// client asked for, an event of kind `log.restored` comes first. Taken from the live feed while
/// the client keeps up, from the log where it is behind. The first event after a quiet time is sent
/// at once, further ones together every 10 ms. Holds one chunk at most; a comment every 15 seconds
/// keeps the connection alive. Lives on its session's executor.
class EventStream final : public http::BodyStream {
 public:
  /// `texts` is shared by the streams of a node.
  EventStream(host::Services& services, std::shared_ptr<StreamedTexts> texts,
              boost::asio::any_io_executor executor, ReadingPosition from,
              events::EventLog::Filter filter);
  ~EventStream() override;

  boost::asio::awaitable<std::optional<std::string>> next() override;
  void stop() override;

 private:
  /// Events after `position_`, or nothing; moves the position over what the filter leaves out.
  /// Reads one page.
  std::string take_chunk();
  std::string greeting() const;
  bool passes(const events::Event& event) const;
  /// True right after a chunk, where the next one would be small.
  bool is_close_behind() const;

  using Clock = boost::asio::steady_timer::clock_type;

  host::Services& services_;
  const std::shared_ptr<StreamedTexts> texts_;
  boost::asio::steady_timer timer_;
  const ReadingPosition from_;
  const std::string before_position_;  ///< what each id begins with
  events::Seq position_;
  const events::EventLog::Filter filter_;
  std::shared_ptr<events::LiveFeed::Waiter> waiter_;
  Clock::time_point last_chunk_at_{};
  bool greeted_ = false;
  bool woken_ = false;
  bool stopped_ = false;
};

}  // namespace orderflow::event_api
