#pragma once

#include "core/readable_line.hpp"

#include <curl/curl.h>

#include <chrono>
#include <cstddef>
#include <optional>
#include <stdexcept>
#include <string_view>

namespace orderflow::outbound {

/// A transfer got no whole answer; `what()` gives the reason in one line, without personal data.
class TransferError : public std::runtime_error {
 public:
  static constexpr std::size_t reason_bytes_max = 500;

  /// `reason` may contain words of the peer, of its certificate for example.
  TransferError(std::string_view reason, bool may_be_sent)
      : std::runtime_error(core::peer_text(reason, reason_bytes_max)), may_be_sent_(may_be_sent) {}

  /// False where the peer cannot have got any of the request.
  bool may_be_sent() const noexcept { return may_be_sent_; }

 private:
  bool may_be_sent_;
};

/// One exchange with a peer as libcurl runs it. `Transfers` has set what holds for all: the time
/// limit of connecting, TLS, no signals, no proxies, no redirects.
class Transfer {
 public:
  Transfer() = default;
  virtual ~Transfer() = default;
  Transfer(const Transfer&) = delete;
  Transfer& operator=(const Transfer&) = delete;

  /// Sets the options of this exchange, its time limit included. On the engine's thread, as are the
  /// callbacks that it sets; what they use lives until the exchange has ended.
  virtual void prepare(CURL* easy) = 0;

  /// Reads what the handle knows about the exchange that has ended, such as the status. On the
  /// engine's thread.
  virtual void ended(CURL* easy, CURLcode result) = 0;

  /// An address of the peer was not connected to, because it is not a public one.
  void refuse_address() noexcept { address_refused_ = true; }
  bool address_refused() const noexcept { return address_refused_; }

  using SteadyTime = std::chrono::steady_clock::time_point;

  /// When it is to be ended, as it has all that it needs; nothing as long as it has not.
  const std::optional<SteadyTime>& ends_at() const noexcept { return ends_at_; }

 protected:
  /// The peer has `rest` to end its answer, so that the connection can be used again. After that
  /// the exchange is ended with `CURLE_ABORTED_BY_CALLBACK`. The first call counts.
  void has_enough(std::chrono::steady_clock::duration rest) {
    if (!ends_at_) ends_at_ = std::chrono::steady_clock::now() + rest;
  }

 private:
  std::optional<SteadyTime> ends_at_;
  bool address_refused_ = false;
};

}  // namespace orderflow::outbound
