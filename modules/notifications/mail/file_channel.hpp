#pragma once

#include "mail/maildir.hpp"
#include "notification/channel.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <condition_variable>
#include <cstddef>
#include <filesystem>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace orderflow::notifications {

/// Puts each message as an .eml file into a mail folder, named by its notification: a second
/// attempt replaces the file of the first.
///
/// One thread of its own takes all messages that wait, writes and synchronises them together and
/// then resumes the callers, with one wake-up for each executor. While it synchronises, the next
/// batch gathers.
class FileChannel final : public Channel {
 public:
  static constexpr std::size_t waiting_max_default = 1024;

  /// Makes the folder, which now and then is brought back to `bound`. Throws `MaildirError`. Where
  /// `waiting_max` messages wait, one more has failed at once.
  FileChannel(std::filesystem::path folder, Sender sender,
              std::size_t waiting_max = waiting_max_default, MailBound bound = {});

  /// Finishes the batch that is being written. Callers that still wait are never resumed.
  ~FileChannel() override;
  FileChannel(const FileChannel&) = delete;
  FileChannel& operator=(const FileChannel&) = delete;

  std::string_view name() const noexcept override { return "file"; }
  boost::asio::awaitable<DeliveryResult> deliver(const Message& message) override;

 private:
  struct Waiting {
    const Message* message;
    boost::asio::any_io_executor home;
    std::function<void(DeliveryResult)> resume;
  };
  using Batch = std::vector<Waiting>;
  using Results = std::vector<DeliveryResult>;

  /// False at the bound.
  bool enqueue(Waiting waiting);
  void write_batches();
  Results write(const Batch& batch);
  static void resume(Batch batch, Results results);
  void keep_bound(std::size_t stored);

  const Sender sender_;
  const std::size_t waiting_max_;
  const MailBound bound_;
  Maildir maildir_;
  std::size_t stored_since_look_ = 0;
  std::chrono::steady_clock::time_point looked_at_{};

  std::mutex mutex_;
  std::condition_variable changed_;
  Batch waiting_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace orderflow::notifications
