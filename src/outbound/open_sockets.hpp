#pragma once

#include <curl/curl.h>

#include <mutex>
#include <set>

namespace orderflow::outbound {

/// A socket that programs which this one might start do not inherit. CURL_SOCKET_BAD where there
/// is none.
curl_socket_t open_socket(const curl_sockaddr& address) noexcept;

/// The sockets of kept connections, so that they can be ended at once. libcurl sends QUIT to a mail
/// server before it closes a connection, and waits up to two minutes for the reply: a server that
/// hangs would hold up the end of the process. Safe from any thread; outlives the engine.
class OpenSockets {
 public:
  /// Registers the connections that this handle makes.
  void watch(CURL* easy);

  /// Ends all connections; new ones are refused from now on.
  void shut_down() noexcept;

 private:
  static curl_socket_t open(void* self, curlsocktype purpose, curl_sockaddr* address) noexcept;
  static int close(void* self, curl_socket_t socket) noexcept;
  curl_socket_t open_known(const curl_sockaddr& address);

  std::mutex mutex_;
  std::set<curl_socket_t> sockets_;
  bool shut_ = false;
};

}  // namespace orderflow::outbound
