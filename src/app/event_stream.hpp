#pragma once

#include "events/event_log.hpp"
#include "events/live_feed.hpp"
#include "host/host.hpp"
#include "http/message.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>

#include <memory>
#include <string>

namespace orderflow::app {

/// The log as server-sent events (HTML Living Standard §9.2), from a place in it onwards: `id` is
/// the place, `event` the kind, `data` the CloudEvents document. Taken from the live feed while the
/// client keeps up, from the log where it is behind. Holds one chunk at most; a comment every 15
/// seconds keeps the connection alive. Lives on its session's executor.
class EventStream final : public http::BodyStream {
 public:
  EventStream(host::Services& services, boost::asio::any_io_executor executor, events::Seq after,
              events::EventLog::Filter filter);
  ~EventStream() override;

  boost::asio::awaitable<std::optional<std::string>> next() override;
  void stop() override;

 private:
  /// Events after `position_`, or nothing; moves the position over what the filter leaves out.
  std::string take_chunk();
  bool passes(const events::Event& event) const;

  host::Services& services_;
  boost::asio::steady_timer timer_;
  events::Seq position_;
  const events::EventLog::Filter filter_;
  std::shared_ptr<events::LiveFeed::Waiter> waiter_;
  bool greeted_ = false;
  bool woken_ = false;
  bool stopped_ = false;
};

}  // namespace orderflow::app
