#include "outbound/transfers.hpp"

#include "core/c_border.hpp"
#include "outbound/http_transfer.hpp"
#include "outbound/open_sockets.hpp"
#include "outbound/public_address.hpp"
#include "telemetry/log.hpp"

#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/execution/outstanding_work.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/prefer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <openssl/pem.h>
#include <openssl/x509.h>

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>
#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <memory>
#include <new>
#include <optional>
#include <stdexcept>
#include <utility>

namespace orderflow::outbound {
namespace {

constexpr int idle_poll_ms = 60'000;
constexpr std::size_t idle_handles_max = 64;

/// libcurl wants to be initialised once, before any thread uses it.
void initialise_curl() {
  static const CURLcode result = curl_global_init(CURL_GLOBAL_DEFAULT);
  if (result != CURLE_OK) throw std::runtime_error("libcurl cannot be initialised");
}

long milliseconds(core::Duration duration) {
  return static_cast<long>(std::chrono::duration_cast<std::chrono::milliseconds>(duration).count());
}

boost::asio::ip::address address_of(const curl_sockaddr& socket_address) {
  if (socket_address.family == AF_INET) {
    sockaddr_in v4{};
    std::memcpy(&v4, &socket_address.addr, sizeof v4);
    return boost::asio::ip::address_v4(ntohl(v4.sin_addr.s_addr));
  }
  sockaddr_in6 v6{};
  std::memcpy(&v6, &socket_address.addr, sizeof v6);
  boost::asio::ip::address_v6::bytes_type bytes{};
  std::memcpy(bytes.data(), &v6.sin6_addr, bytes.size());
  return boost::asio::ip::address_v6(bytes);
}

/// Refuses before a byte is sent, but after the name was resolved, so that neither a name nor an
/// unusual spelling of an address gets around it.
curl_socket_t open_public(void* transfer, curlsocktype /*purpose*/,
                          curl_sockaddr* address) noexcept {
  return core::at_c_border(CURL_SOCKET_BAD, [&] {
    const bool is_internet = address->family == AF_INET || address->family == AF_INET6;
    if (is_internet && is_public(address_of(*address))) return open_socket(*address);
    static_cast<Transfer*>(transfer)->refuse_address();
    return CURL_SOCKET_BAD;
  });
}

}  // namespace

void check_ca_file(const std::string& path) {
  if (path.empty()) return;
  std::FILE* file = std::fopen(path.c_str(), "re");
  if (file == nullptr)
    throw std::runtime_error("cannot be read: " + std::string(std::strerror(errno)));
  X509* certificate = PEM_read_X509(file, nullptr, nullptr, nullptr);
  std::fclose(file);
  if (certificate == nullptr) throw std::runtime_error("holds no certificate in PEM");
  X509_free(certificate);
}

Transfers::Transfers(TransferOptions options) : options_(std::move(options)) {
  initialise_curl();
  multi_ = curl_multi_init();
  if (multi_ == nullptr) throw std::bad_alloc();
  curl_multi_setopt(multi_, CURLMOPT_MAX_TOTAL_CONNECTIONS,
                    static_cast<long>(options_.connections_max));
  curl_multi_setopt(multi_, CURLMOPT_MAXCONNECTS, static_cast<long>(options_.connections_max));
  thread_ = std::thread([this] { work(); });
}

Transfers::~Transfers() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  curl_multi_wakeup(multi_);
  thread_.join();
  for (const auto& [easy, running] : running_) {
    curl_multi_remove_handle(multi_, easy);
    curl_easy_cleanup(easy);
  }
  for (CURL* easy : idle_)
    curl_easy_cleanup(easy);
  curl_multi_cleanup(multi_);
}

boost::asio::awaitable<HttpAnswer> Transfers::send(const HttpRequest& request) {
  HttpTransfer transfer(request);
  const CURLcode result = co_await run(transfer);
  co_return transfer.take_answer(result);
}

boost::asio::awaitable<CURLcode> Transfers::run(Transfer& transfer) {
  auto initiate = [&](auto handler) {
    const auto home = boost::asio::get_associated_executor(handler);
    auto shared = std::make_shared<decltype(handler)>(std::move(handler));
    auto resume = [shared](CURLcode result) { (*shared)(std::optional(result)); };
    // The work that is counted keeps the caller's context running until it is resumed.
    const boost::asio::any_io_executor tracked =
        boost::asio::prefer(home, boost::asio::execution::outstanding_work.tracked);
    if (enqueue({&transfer, tracked, resume})) return;
    boost::asio::post(home, [shared] { (*shared)(std::optional<CURLcode>{}); });
  };
  const std::optional<CURLcode> result =
      co_await boost::asio::async_initiate<const boost::asio::use_awaitable_t<>,
                                           void(std::optional<CURLcode>)>(
          initiate, boost::asio::use_awaitable);
  if (!result) {
    throw TransferError("more than " + std::to_string(options_.waiting_max) + " requests wait",
                        false);
  }
  co_return *result;
}

bool Transfers::enqueue(Running running) {
  {
    const std::lock_guard lock(mutex_);
    if (taken_ >= options_.waiting_max) return false;
    ++taken_;
    waiting_.push_back(std::move(running));
  }
  curl_multi_wakeup(multi_);
  return true;
}

void Transfers::work() {
  for (;;) {
    {
      const std::lock_guard lock(mutex_);
      if (stopping_) return;
    }
    start_waiting();
    int still_running = 0;
    const CURLMcode performed = curl_multi_perform(multi_, &still_running);
    if (performed != CURLM_OK) {
      telemetry::log("outbound").error("transfers error=\"{}\"", curl_multi_strerror(performed));
    }
    finish_ended();
    end_satisfied();
    curl_multi_poll(multi_, nullptr, 0, poll_ms(), nullptr);
  }
}

void Transfers::start_waiting() {
  std::vector<Running> waiting;
  {
    const std::lock_guard lock(mutex_);
    waiting.swap(waiting_);
  }
  for (Running& one : waiting)
    start(std::move(one));
}

CURL* Transfers::new_handle() {
  if (idle_.empty()) return curl_easy_init();
  CURL* easy = idle_.back();
  idle_.pop_back();
  curl_easy_reset(easy);
  return easy;
}

void Transfers::start(Running running) {
  CURL* easy = new_handle();
  if (easy == nullptr) {
    hand_back(std::move(running), CURLE_OUT_OF_MEMORY);
    return;
  }
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(easy, CURLOPT_PROXY, "");
  curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, milliseconds(options_.connect_timeout));
  curl_easy_setopt(easy, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  if (!options_.ca_file.empty()) {
    curl_easy_setopt(easy, CURLOPT_CAINFO, options_.ca_file.c_str());
    curl_easy_setopt(easy, CURLOPT_CAPATH, nullptr);
  }
  if (options_.allowed_addresses == AllowedAddresses::public_only) {
    curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, core::never_throws(open_public));
    curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, running.transfer);
  }
  running.transfer->prepare(easy);
  const CURLMcode added = curl_multi_add_handle(multi_, easy);
  running_.emplace(easy, std::move(running));
  if (added != CURLM_OK) end(easy, CURLE_FAILED_INIT);
}

void Transfers::finish_ended() {
  int left = 0;
  while (const CURLMsg* message = curl_multi_info_read(multi_, &left)) {
    if (message->msg == CURLMSG_DONE) end(message->easy_handle, message->data.result);
  }
}

void Transfers::end_satisfied() {
  const auto now = std::chrono::steady_clock::now();
  std::vector<CURL*> satisfied;
  for (const auto& [easy, running] : running_) {
    const auto& ends_at = running.transfer->ends_at();
    if (ends_at && *ends_at <= now) satisfied.push_back(easy);
  }
  for (CURL* easy : satisfied)
    end(easy, CURLE_ABORTED_BY_CALLBACK);
}

int Transfers::poll_ms() const {
  std::chrono::milliseconds wait{idle_poll_ms};
  const auto now = std::chrono::steady_clock::now();
  for (const auto& [easy, running] : running_) {
    const auto& ends_at = running.transfer->ends_at();
    if (!ends_at) continue;
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(*ends_at - now);
    wait = std::clamp(left, std::chrono::milliseconds{0}, wait);
  }
  return static_cast<int>(wait.count());
}

void Transfers::end(CURL* easy, CURLcode result) {
  auto running = running_.extract(easy);
  running.mapped().transfer->ended(easy, result);
  curl_multi_remove_handle(multi_, easy);
  if (idle_.size() < idle_handles_max) {
    idle_.push_back(easy);
  } else {
    curl_easy_cleanup(easy);
  }
  {
    const std::lock_guard lock(mutex_);
    --taken_;
  }
  hand_back(std::move(running.mapped()), result);
}

void Transfers::hand_back(Running running, CURLcode result) {
  boost::asio::post(running.home, [resume = std::move(running.resume), result] { resume(result); });
}

}  // namespace orderflow::outbound
