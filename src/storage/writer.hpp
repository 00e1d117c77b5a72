#pragma once

#include "core/clock.hpp"
#include "storage/connection.hpp"
#include "storage/wal_limit.hpp"
#include "storage/writer_task.hpp"
#include "telemetry/histogram.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace orderflow::storage {

/// The writer takes no more writes: too many wait, it is stopping, or storage failed. Nothing of
/// the refused write was done.
class WriteRefused : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// One unit of work for the writer, run in a savepoint of a transaction that it shares with others.
class Write {
 public:
  explicit Write(boost::asio::any_io_executor home) : home_(std::move(home)) {}
  /// Without a home: `complete` is called by the thread that learns the outcome, which is the
  /// writer's, or, where the write is not even taken, its submitter's. It is quick there, does not
  /// throw and submits nothing.
  Write() = default;
  virtual ~Write() = default;

  /// On the writer thread, inside the transaction. What it throws undoes this write alone and goes
  /// to `complete`; a `StorageFailure` undoes the whole batch.
  virtual void run(Connection& connection) = 0;

  /// On the writer thread, right after what this write has done was rolled back.
  virtual void undone() noexcept {}

  /// True where `run` may be called again after `undone`. Such writes of a batch share one
  /// savepoint, for each that is opened makes SQLite copy the pages that change in it; where one of
  /// them throws, all are undone, and each is run in a savepoint of its own.
  virtual bool may_run_again() const noexcept { return false; }

  /// An operator's write goes before the others, whatever the load.
  virtual bool is_urgent() const noexcept { return false; }

  /// On `home`, if there is one, when the outcome is certain: null once the commit is on disk, else
  /// why nothing was written; `WriteRefused` where it was not even taken.
  virtual void complete(std::exception_ptr error) = 0;

  const boost::asio::any_io_executor& home() const noexcept { return home_; }

 private:
  boost::asio::any_io_executor home_;
};

/// What takes part in each batch beside the waiting writes: the event core. Every call comes from
/// the writer thread.
class BatchParticipant {
 public:
  virtual ~BatchParticipant() = default;
  /// True where `run` has something to do now.
  virtual bool has_work(core::Timestamp now) = 0;
  /// When it will have work by itself, if ever.
  virtual std::optional<core::Timestamp> next_due() = 0;
  /// How many of at most `writes_max` new writes the next batch may take, 1 or more: fewer while
  /// the work that they cause piles up.
  virtual std::size_t admit(std::size_t writes_max) { return writes_max; }
  /// First in the batch's transaction. Bounded: what does not fit waits for the next batch.
  virtual void run(Connection& connection) = 0;
  /// Last in the transaction.
  virtual void before_commit(Connection& connection) = 0;
  /// The transaction is on disk.
  virtual void committed() = 0;
  /// Called about once a scan interval: look for what a lost hint forgot.
  virtual void scan(Connection& connection) = 0;
};

struct WriterOptions {
  std::size_t waiting_max = 4096;  ///< writes that wait; one more is refused
  std::size_t batch_max = 256;     ///< writes in one transaction
  std::chrono::milliseconds scan_interval{5'000};
  std::size_t tasks_max = 4;                 ///< tasks that wait or run; one more is refused
  std::uint64_t log_bytes_max = 4ULL << 30;  ///< of the write-ahead log; see `WalLimit`
};

struct WriterCounters {
  std::uint64_t batches;    ///< committed transactions
  std::uint64_t writes;     ///< writes in them
  std::uint64_t refused;    ///< refused at the bound
  std::uint64_t throttled;  ///< batches that took fewer than there was room for: see `admit`
  std::uint64_t waiting;    ///< waiting now
  std::uint64_t at_hand;    ///< batches being committed now: one or none
};

/// The only thread that writes. It takes all that waits, runs it in one transaction and syncs once;
/// while it syncs, the next batch gathers (group commit). Flow work goes before new writes, so that
/// a backlog cannot grow without end.
///
/// After a failed commit it never tries again: every caller of the batch and all who wait get the
/// error, `on_failure` is called once, and further writes are refused.
///
/// Threads: `submit`, `run_between_batches`, `wake`, `failed` and `counters` from any; the others
/// from the owner.
class Writer {
 public:
  /// `connection`, `participant` and `clock` outlive the writer. `on_failure` is called on the
  /// writer thread with the reason.
  Writer(Connection& connection, BatchParticipant& participant, const core::Clock& clock,
         WriterOptions options, std::function<void(const std::string&)> on_failure);
  ~Writer();
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

  /// Queues a write. Its result, a refusal too, goes to its `complete`: a coroutine that waits
  /// could not catch what is thrown here.
  void submit(std::unique_ptr<Write> write);

  /// Queues a task: one of its steps runs after each batch, and one after another where there is
  /// no batch. Tasks take turns in the order they came. Throws `WriteRefused`.
  void run_between_batches(std::unique_ptr<WriterTask> task);

  /// Notifies the writer that its participant has work.
  void wake() noexcept;

  /// Starts the thread.
  void start();

  /// Refuses new writes, commits those that wait, abandons tasks, and ends the thread.
  void stop();

  /// Runs one batch and one step of a task on the calling thread, instead of `start`: for tests
  /// and simulations that decide each step. False where there was nothing to do.
  bool step();

  /// What the thread does once a scan interval: lets the participant scan, and gives space of the
  /// log back where nothing was written since the last time. For tests, as `step`.
  void look_around();

  /// From now on new writes are refused for this reason, a text of the program, except urgent ones;
  /// null: they are taken again. From any thread.
  void hold_back(const char* reason) noexcept { held_back_ = reason; }

  bool failed() const noexcept { return failed_.load(std::memory_order_acquire); }
  const WalLimit& wal_limit() const noexcept { return wal_limit_; }
  WriterCounters counters() const noexcept;

  /// Writes in each batch.
  const telemetry::Histogram& batch_sizes() const noexcept { return batch_sizes_; }
  /// What each COMMIT took, the sync included, in microseconds.
  const telemetry::Histogram& commit_micros() const noexcept { return commit_micros_; }

 private:
  using Batch = std::vector<std::unique_ptr<Write>>;
  using WriteErrors = std::vector<std::exception_ptr>;

  /// Why the write cannot be taken now; null: it can. Under the lock.
  const char* refusal(const Write& write) const noexcept;

  void loop();
  bool wait_for_work();
  Batch take_batch();
  bool run_batch();
  bool step_task();
  void abandon_tasks(const std::string& reason) noexcept;
  bool is_waiting() const noexcept { return !waiting_.empty() || !urgent_.empty(); }
  void commit_batch(Batch& batch, WriteErrors& errors);
  void run_writes(Batch& batch, WriteErrors& errors);
  /// False where one of them threw: all are undone then.
  bool run_together(std::span<const std::unique_ptr<Write>> writes);
  void run_write(Write& write, std::exception_ptr& error);
  void fail(Batch& batch, WriteErrors& errors, const std::string& reason);
  void scan_when_due();
  static void complete(Batch batch, WriteErrors errors);

  Connection& connection_;
  BatchParticipant& participant_;
  const core::Clock& clock_;
  const WriterOptions options_;
  const std::function<void(const std::string&)> on_failure_;

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::unique_ptr<Write>> waiting_;
  std::deque<std::unique_ptr<WriterTask>> tasks_;
  std::deque<std::unique_ptr<Write>> urgent_;
  bool woken_ = false;
  bool stopping_ = false;

  WalLimit wal_limit_;
  std::atomic<bool> failed_ = false;
  std::atomic<const char*> held_back_ = nullptr;  ///< why; null: it is not
  std::atomic<std::uint64_t> batches_ = 0, writes_ = 0, refused_ = 0, throttled_ = 0;
  telemetry::Histogram batch_sizes_{telemetry::Histogram::sizes};
  telemetry::Histogram commit_micros_{};
  std::atomic<std::size_t> waiting_count_ = 0;
  std::atomic<bool> batch_at_hand_ = false;
  std::chrono::steady_clock::time_point last_scan_;
  bool wrote_since_scan_ = false;
  bool truncated_ = false;
  std::thread thread_;
};

}  // namespace orderflow::storage
