#pragma once

#include "events/log/event.hpp"
#include "storage/connection.hpp"

#include <optional>

namespace orderflow::events {

/// Work beside the subscriptions, done a bounded piece in each batch, after them: bulk replays,
/// rebuilds, retention. What it does is durable step by step, so that a restart resumes it. Belongs
/// to the writer thread; `load`, `run` and `save` are inside a transaction.
class Job {
 public:
  Job() = default;
  virtual ~Job() = default;
  Job(const Job&) = delete;
  Job& operator=(const Job&) = delete;

  /// Takes up what a stop left unfinished. `newest` is the last position of the log.
  virtual void load(storage::Connection& connection, Seq newest) = 0;
  /// Hands over the events of a commit.
  virtual void offer(const EventList& /*committed*/, Seq /*newest*/) {}
  virtual bool has_work(core::Timestamp now) const = 0;
  virtual std::optional<core::Timestamp> next_due() const { return std::nullopt; }
  virtual void run(storage::Connection& connection) = 0;
  virtual void save(storage::Connection& /*connection*/) {}
  /// About once a scan interval.
  virtual void scan(storage::Connection& /*connection*/) {}
};

}  // namespace orderflow::events
