#include "storage/writer.hpp"

#include "core/invariant.hpp"
#include "storage/error.hpp"
#include "storage/transaction.hpp"
#include "storage/wal_truncation.hpp"
#include "telemetry/log.hpp"

#include <boost/asio/post.hpp>

#include <algorithm>
#include <utility>

namespace orderflow::storage {

using SteadyClock = std::chrono::steady_clock;

Writer::Writer(Connection& connection, BatchParticipant& participant, const core::Clock& clock,
               WriterOptions options, std::function<void(const std::string&)> on_failure)
    : connection_(connection),
      participant_(participant),
      clock_(clock),
      options_(options),
      on_failure_(std::move(on_failure)),
      wal_limit_(options.log_bytes_max),
      last_scan_(SteadyClock::now()) {}

Writer::~Writer() {
  stop();
}

const char* Writer::refusal(const Write& write) const noexcept {
  if (stopping_) return "the node is stopping";
  if (failed()) return "storage has failed";
  if (const char* reason = held_back_; reason != nullptr && !write.is_urgent()) return reason;
  if (wal_limit_.is_reached() && !write.is_urgent()) {
    return "the write-ahead log has reached its limit: somebody reads from the database in one"
           " long transaction";
  }
  const auto& queue = write.is_urgent() ? urgent_ : waiting_;
  return queue.size() < options_.waiting_max ? nullptr : "too many writes are waiting";
}

void Writer::submit(std::unique_ptr<Write> write) {
  bool first = false;
  const char* refused = nullptr;
  {
    const std::lock_guard lock(mutex_);
    auto& queue = write->is_urgent() ? urgent_ : waiting_;
    refused = refusal(*write);
    if (refused == nullptr) {
      first = !is_waiting();
      queue.push_back(std::move(write));
      waiting_count_ = waiting_.size() + urgent_.size();
    }
  }
  if (refused != nullptr) {
    ++refused_;
    Batch batch;
    batch.push_back(std::move(write));
    complete(std::move(batch), {std::make_exception_ptr(WriteRefused(refused))});
  } else if (first) {
    changed_.notify_one();
  }
}

void Writer::run_between_batches(std::unique_ptr<WriterTask> task) {
  {
    const std::lock_guard lock(mutex_);
    if (stopping_) throw WriteRefused("the node is stopping");
    if (failed()) throw WriteRefused("storage has failed");
    if (tasks_.size() >= options_.tasks_max) throw WriteRefused("too many tasks are waiting");
    tasks_.push_back(std::move(task));
  }
  changed_.notify_one();
}

void Writer::wake() noexcept {
  {
    const std::lock_guard lock(mutex_);
    if (woken_) return;
    woken_ = true;
  }
  changed_.notify_one();
}

void Writer::start() {
  core::invariant(!thread_.joinable(), "the writer is started twice");
  thread_ = std::thread([this] { loop(); });
}

void Writer::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_one();
  if (thread_.joinable()) thread_.join();
  abandon_tasks("the node is stopping");
}

void Writer::loop() {
  while (!failed() && wait_for_work()) {
    step();
    scan_when_due();
  }
  // Nobody is left waiting: what came in between is refused with the reason.
  Batch rest = take_batch();
  while (!rest.empty()) {
    WriteErrors errors(rest.size(), std::make_exception_ptr(WriteRefused("storage has failed")));
    complete(std::move(rest), std::move(errors));
    rest = take_batch();
  }
  abandon_tasks(failed() ? "storage has failed" : "the node is stopping");
}

bool Writer::wait_for_work() {
  if (participant_.has_work(clock_.now())) {
    const std::lock_guard lock(mutex_);
    woken_ = false;
    return !stopping_ || is_waiting();
  }
  auto sleep = std::chrono::duration_cast<core::Duration>(options_.scan_interval);
  if (const auto due = participant_.next_due()) {
    sleep = std::clamp(*due - clock_.now(), core::Duration{0}, sleep);
  }
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, sleep,
                    [&] { return stopping_ || woken_ || is_waiting() || !tasks_.empty(); });
  woken_ = false;
  return !stopping_ || is_waiting();
}

Writer::Batch Writer::take_batch() {
  const std::size_t room = participant_.admit(options_.batch_max);
  Batch batch;
  const auto take = [&](std::deque<std::unique_ptr<Write>>& queue, std::size_t batch_size_max) {
    while (!queue.empty() && batch.size() < batch_size_max) {
      batch.push_back(std::move(queue.front()));
      queue.pop_front();
    }
  };
  const std::lock_guard lock(mutex_);
  batch.reserve(std::min(waiting_.size() + urgent_.size(), options_.batch_max));
  take(urgent_, options_.batch_max);
  take(waiting_, std::min(options_.batch_max, batch.size() + room));
  if (!waiting_.empty() && batch.size() < options_.batch_max) ++throttled_;
  waiting_count_ = waiting_.size() + urgent_.size();
  return batch;
}

bool Writer::step() {
  if (failed()) return false;
  const bool wrote = run_batch();
  return step_task() || wrote;
}

bool Writer::step_task() {
  WriterTask* task = nullptr;
  {
    const std::lock_guard lock(mutex_);
    if (tasks_.empty() || failed()) return false;
    task = tasks_.front().get();
  }
  bool more = false;
  try {
    more = task->step(connection_);
  } catch (const std::exception& e) {
    telemetry::log("storage").error("task failed error=\"{}\"", e.what());
    task->abandon(e.what());
  }
  std::unique_ptr<WriterTask> stepped;
  const std::lock_guard lock(mutex_);
  core::invariant(!tasks_.empty() && tasks_.front().get() == task,
                  "a task was abandoned while it ran");
  stepped = std::move(tasks_.front());
  tasks_.pop_front();
  if (more) tasks_.push_back(std::move(stepped));
  return true;
}

void Writer::abandon_tasks(const std::string& reason) noexcept {
  std::deque<std::unique_ptr<WriterTask>> abandoned;
  {
    const std::lock_guard lock(mutex_);
    abandoned.swap(tasks_);
  }
  for (const auto& task : abandoned)
    task->abandon(reason);
}

bool Writer::run_batch() {
  Batch batch = take_batch();
  if (batch.empty() && !participant_.has_work(clock_.now())) return false;
  WriteErrors errors(batch.size());
  batch_at_hand_ = true;
  try {
    commit_batch(batch, errors);
  } catch (const std::exception& e) {
    batch_at_hand_ = false;
    fail(batch, errors, e.what());
    complete(std::move(batch), std::move(errors));
    return true;
  }
  batch_at_hand_ = false;
  ++batches_;
  writes_ += batch.size();
  wal_limit_.observe(connection_.log_bytes());
  wrote_since_scan_ = true;
  truncated_ = false;
  participant_.committed();
  complete(std::move(batch), std::move(errors));
  return true;
}

void Writer::commit_batch(Batch& batch, WriteErrors& errors) {
  Transaction transaction(connection_);
  participant_.run(connection_);
  run_writes(batch, errors);
  participant_.before_commit(connection_);
  const auto began = SteadyClock::now();
  transaction.commit();
  commit_micros_.observe(static_cast<std::uint64_t>(
      std::chrono::duration_cast<std::chrono::microseconds>(SteadyClock::now() - began).count()));
  batch_sizes_.observe(batch.size());
}

void Writer::run_writes(Batch& batch, WriteErrors& errors) {
  const auto stands_alone = [](const auto& write) { return !write->may_run_again(); };
  for (auto next = batch.begin(); next != batch.end();) {
    const auto end = std::find_if(next, batch.end(), stands_alone);
    if (end - next > 1 && run_together({next, end})) {
      next = end;
      continue;
    }
    do {
      run_write(**next, errors[static_cast<std::size_t>(next - batch.begin())]);
    } while (++next < end);
  }
}

bool Writer::run_together(std::span<const std::unique_ptr<Write>> writes) {
  std::size_t begun = 0;
  try {
    Savepoint savepoint(connection_);
    while (begun < writes.size())
      writes[begun++]->run(connection_);
    savepoint.keep();
    return true;
  } catch (const StorageFailure&) {
    throw;
  } catch (...) {
    while (begun > 0)
      writes[--begun]->undone();
    return false;
  }
}

void Writer::run_write(Write& write, std::exception_ptr& error) {
  try {
    Savepoint savepoint(connection_);
    write.run(connection_);
    savepoint.keep();
  } catch (const StorageFailure&) {
    throw;
  } catch (...) {
    error = std::current_exception();
    write.undone();
  }
}

void Writer::fail(Batch& batch, WriteErrors& errors, const std::string& reason) {
  failed_.store(true, std::memory_order_release);
  telemetry::log("storage").critical("storage failed, no more writes: {}", reason);
  const auto error = std::make_exception_ptr(StorageFailure(reason, 0));
  errors.assign(batch.size(), error);
  abandon_tasks(reason);
  if (on_failure_) on_failure_(reason);
}

void Writer::complete(Batch batch, WriteErrors errors) {
  struct Finished {
    std::unique_ptr<Write> write;
    std::exception_ptr error;
  };
  core::invariant(errors.size() == batch.size(), "a write of a batch has no outcome");
  // One wake-up for each executor that has writes in the batch.
  std::vector<std::vector<Finished>> groups;
  for (std::size_t i = 0; i < batch.size(); ++i) {
    auto group = std::ranges::find_if(
        groups, [&](const auto& g) { return g.front().write->home() == batch[i]->home(); });
    if (group == groups.end()) group = groups.emplace(groups.end());
    group->push_back({std::move(batch[i]), std::move(errors[i])});
  }
  for (auto& group : groups) {
    const auto home = group.front().write->home();
    auto finish = [finished = std::move(group)]() mutable {
      for (Finished& one : finished)
        one.write->complete(std::move(one.error));
    };
    home ? boost::asio::post(home, std::move(finish)) : finish();
  }
}

void Writer::scan_when_due() {
  const auto now = SteadyClock::now();
  if (failed() || now - last_scan_ < options_.scan_interval) return;
  last_scan_ = now;
  look_around();
}

void Writer::look_around() {
  try {
    participant_.scan(connection_);
    // Idle since the last scan: give the WAL's space back, once.
    if (!wrote_since_scan_ && !truncated_) {
      truncated_ = give_log_back(connection_);
      wal_limit_.observe(connection_.log_bytes());
    }
    wrote_since_scan_ = false;
  } catch (const std::exception& e) {
    Batch none;
    WriteErrors no_errors;
    fail(none, no_errors, e.what());
  }
}

WriterCounters Writer::counters() const noexcept {
  return {.batches = batches_,
          .writes = writes_,
          .refused = refused_,
          .throttled = throttled_,
          .waiting = waiting_count_,
          .at_hand = batch_at_hand_ ? 1U : 0U};
}

}  // namespace orderflow::storage
