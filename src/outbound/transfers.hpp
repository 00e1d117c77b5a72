#pragma once

#include "outbound/http_sender.hpp"
#include "outbound/transfer.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

namespace orderflow::outbound {

/// Which addresses may be connected to, after the name was resolved.
enum class AllowedAddresses {
  any,
  public_only  ///< see `is_public`: for addresses that somebody else has given
};

struct TransferOptions {
  AllowedAddresses allowed_addresses = AllowedAddresses::any;
  std::string ca_file{};  ///< PEM; empty: the system's certificates
  core::Duration connect_timeout = std::chrono::seconds{10};
  std::size_t connections_max = 64;  ///< open at the same time; further transfers wait for one
  std::size_t waiting_max = 4096;    ///< transfers at a time; one more fails at once
};

/// Throws `std::runtime_error` where a file holds no certificate that could be trusted; empty
/// passes.
void check_ca_file(const std::string& path);

/// Runs transfers by libcurl, side by side on a thread of its own, and keeps connections for the
/// next one. TLS 1.2 or newer, certificates always verified; no proxies, no redirects, no cookies.
class Transfers final : public HttpSender {
 public:
  explicit Transfers(TransferOptions options);

  /// Ends what runs. Callers that still wait are never resumed.
  ~Transfers() override;
  Transfers(const Transfers&) = delete;
  Transfers& operator=(const Transfers&) = delete;

  /// Safe from any thread; the executor outlives this object.
  boost::asio::awaitable<HttpAnswer> send(const HttpRequest& request) override;

  /// The same for any transfer, which outlives the call. Returns how libcurl ended it; throws
  /// `TransferError` at the bound.
  boost::asio::awaitable<CURLcode> run(Transfer& transfer);

 private:
  struct Running {
    Transfer* transfer;
    boost::asio::any_io_executor home;
    std::function<void(CURLcode)> resume;
  };

  /// False at the bound.
  bool enqueue(Running running);
  void work();
  void start_waiting();
  void start(Running running);
  void finish_ended();
  /// Ends those that have had enough for long enough.
  void end_satisfied();
  int poll_ms() const;
  void end(CURL* easy, CURLcode result);
  CURL* new_handle();
  static void hand_back(Running running, CURLcode result);

  const TransferOptions options_;
  CURLM* multi_;
  std::unordered_map<CURL*, Running> running_;  ///< of the engine's thread
  std::vector<CURL*> idle_;                     ///< handles to use again

  std::mutex mutex_;  // guards what follows
  std::vector<Running> waiting_;
  std::size_t taken_ = 0;  ///< waiting and running
  bool stopping_ = false;

  std::thread thread_;
};

}  // namespace orderflow::outbound
