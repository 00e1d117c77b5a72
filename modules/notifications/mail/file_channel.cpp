#include "mail/file_channel.hpp"

#include "mail/mail_address.hpp"
#include "mail/mail_format.hpp"
#include "telemetry/log.hpp"

#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/execution/outstanding_work.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/prefer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <exception>
#include <memory>
#include <utility>

namespace orderflow::notifications {

FileChannel::FileChannel(std::filesystem::path folder, Sender sender, std::size_t waiting_max,
                         MailBound bound)
    : sender_(std::move(sender)),
      waiting_max_(waiting_max),
      bound_(bound),
      maildir_(std::move(folder)),
      thread_([this] { write_batches(); }) {}

FileChannel::~FileChannel() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_one();
  thread_.join();
}

boost::asio::awaitable<DeliveryResult> FileChannel::deliver(const Message& message) {
  auto initiate = [&](auto handler) {
    const auto home = boost::asio::get_associated_executor(handler);
    auto shared = std::make_shared<decltype(handler)>(std::move(handler));
    auto resume = [shared](DeliveryResult result) { (*shared)(std::move(result)); };
    // The work that is counted keeps the caller's context running until it is resumed.
    const boost::asio::any_io_executor tracked =
        boost::asio::prefer(home, boost::asio::execution::outstanding_work.tracked);
    if (enqueue({&message, tracked, resume})) return;
    boost::asio::post(home, [this, resume] {
      resume({DeliveryResult::Status::failed,
              "more than " + std::to_string(waiting_max_) + " mails wait"});
    });
  };
  DeliveryResult result = co_await boost::asio::async_initiate<const boost::asio::use_awaitable_t<>,
                                                               void(DeliveryResult)>(
      initiate, boost::asio::use_awaitable);
  co_return result;
}

bool FileChannel::enqueue(Waiting waiting) {
  {
    const std::lock_guard lock(mutex_);
    if (waiting_.size() >= waiting_max_) return false;
    waiting_.push_back(std::move(waiting));
  }
  changed_.notify_one();
  return true;
}

void FileChannel::write_batches() {
  for (;;) {
    Batch batch;
    {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [&] { return stopping_ || !waiting_.empty(); });
      if (stopping_) return;
      batch.swap(waiting_);
    }
    Results results;
    try {
      results = write(batch);
    } catch (const std::exception& e) {
      telemetry::log("notifications").error("writing mails failed error=\"{}\"", e.what());
      results.assign(batch.size(), DeliveryResult{DeliveryResult::Status::failed, e.what()});
    }
    const std::size_t stored = batch.size();
    resume(std::move(batch), std::move(results));
    keep_bound(stored);
  }
}

void FileChannel::keep_bound(std::size_t stored) {
  constexpr std::chrono::hours look_every{1};
  // Rarely enough for what a look costs, which is a stat of each letter.
  const std::size_t stored_between_looks = bound_.letters_max / 10 + 1;
  stored_since_look_ += stored;
  const auto now = std::chrono::steady_clock::now();
  const bool is_due = bound_.letters_max > 0 && stored_since_look_ >= stored_between_looks;
  if (!is_due && now < looked_at_ + look_every) return;
  stored_since_look_ = 0;
  looked_at_ = now;
  try {
    maildir_.remove_old(bound_, std::filesystem::file_time_type::clock::now());
  } catch (const std::exception& e) {
    telemetry::log("notifications").warn("old mails stay error=\"{}\"", e.what());
  }
}

FileChannel::Results FileChannel::write(const Batch& batch) {
  Results results(batch.size(), DeliveryResult{DeliveryResult::Status::delivered});
  std::vector<MailFile> mails;
  std::vector<std::size_t> indexes;
  mails.reserve(batch.size());
  indexes.reserve(batch.size());
  for (std::size_t i = 0; i < batch.size(); ++i) {
    const Message& message = *batch[i].message;
    if (is_undeliverable(message.recipient)) {
      results[i] = {DeliveryResult::Status::refused, "the domain .invalid reaches nobody"};
      continue;
    }
    auto mail = format_mail(message, sender_);
    if (mail) {
      mails.push_back({message.id.value().to_string() + ".eml", std::move(*mail), {}});
      indexes.push_back(i);
    } else {
      results[i] = {DeliveryResult::Status::refused, mail.error().reason};
    }
  }
  if (!mails.empty()) maildir_.store(mails);
  for (std::size_t i = 0; i < mails.size(); ++i) {
    if (mails[i].error.empty()) continue;
    results[indexes[i]] = {DeliveryResult::Status::failed, std::move(mails[i].error)};
  }
  return results;
}

void FileChannel::resume(Batch batch, Results results) {
  struct Finished {
    Waiting caller;
    DeliveryResult result;
  };
  std::vector<std::vector<Finished>> groups;
  for (std::size_t i = 0; i < batch.size(); ++i) {
    auto group = std::ranges::find_if(
        groups, [&](const auto& g) { return g.front().caller.home == batch[i].home; });
    if (group == groups.end()) group = groups.emplace(groups.end());
    group->push_back({std::move(batch[i]), std::move(results[i])});
  }
  for (auto& group : groups) {
    const auto home = group.front().caller.home;
    boost::asio::post(home, [finished = std::move(group)]() mutable {
      for (Finished& one : finished)
        one.caller.resume(std::move(one.result));
    });
  }
}

}  // namespace orderflow::notifications
