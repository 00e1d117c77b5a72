#pragma once

#include "events/turn/turn.hpp"
#include "following/log_pages.hpp"
#include "host/host.hpp"
#include "sending/endpoint_scheduler.hpp"
#include "sending/verdict.hpp"
#include "settings.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace orderflow::webhooks {

/// After a failure of our own, such as a full writer.
inline constexpr core::Duration own_failure_pause = std::chrono::seconds{1};

/// An attempt that has ended, or an event that has to wait, with what becomes of it.
struct Entry {
  /// How an attempt went, and what is to be done about it.
  struct Ended {
    Attempt attempt;
    Verdict verdict;
    EndpointScheduler::RequestNumber request_number;
  };

  EndpointId endpoint;
  events::Seq seq;
  std::string key;
  bool is_new = false;           ///< it has no row yet
  MessagePtr message{};          ///< there for what is new
  std::optional<Ended> ended{};  ///< nothing: it waits behind an earlier one of its key

  // Filled in when it is written.
  int failures = 0;        ///< of the endpoint in a row
  int waiting_change = 0;  ///< of the endpoint's rows that wait
  bool is_over = false;    ///< the endpoint is not enabled any more
};

/// What is written of many endpoints in one commit.
struct Batch {
  std::vector<Entry> entries{};
  /// All up to these positions has a row then, or is not wanted.
  std::map<EndpointId, events::Seq> positions{};
  /// Endpoints for which more waits than may.
  std::vector<std::pair<EndpointId, std::size_t>> overfull{};

  bool empty() const noexcept { return entries.empty() && positions.empty() && overfull.empty(); }
};

/// Writes a batch down: how each delivery stands, who may go next of its key, how its endpoint
/// fares. What was ended meanwhile (the endpoint deleted, the delivery canceled) stays ended. A row
/// that a new event has already stays as it is.
void write_batch(events::Turn& turn, Batch& batch, const Settings& settings);

/// Collects what is to be written and writes it, one batch after the other: what comes while one
/// is under way is the next. Belongs to one thread.
class Journal {
 public:
  static constexpr std::size_t entries_a_batch = 256;

  /// Asked for the positions of the endpoints in a batch; told when it is on disk.
  struct Reader {
    std::function<void(Batch&)> prepare;
    std::function<void(Batch&)> written;
  };

  /// All outlive it.
  Journal(const host::Host& host, const Settings& settings, Reader reader)
      : host_(host), settings_(settings), reader_(std::move(reader)) {}

  void add(Entry entry);
  /// An endpoint's position is to be written though nothing else of it is.
  void add_position(EndpointId id) { positions_.emplace(id, events::Seq{}); }
  void add_overfull(EndpointId id, std::size_t waiting) { overfull_.emplace_back(id, waiting); }

  /// Begins to write, where there is something and nothing is being written.
  void go_on(const boost::asio::any_io_executor& executor);

  bool is_writing() const noexcept { return is_writing_; }

 private:
  boost::asio::awaitable<void> write_all();
  Batch next_batch();

  const host::Host& host_;
  const Settings& settings_;
  const Reader reader_;
  const core::TraceContext trace_{.correlation_id = "webhooks-attempts", .traceparent = {}};
  std::vector<Entry> entries_;
  std::map<EndpointId, events::Seq> positions_;
  std::vector<std::pair<EndpointId, std::size_t>> overfull_;
  bool is_writing_ = false;
};

}  // namespace orderflow::webhooks
