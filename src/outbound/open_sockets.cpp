#include "outbound/open_sockets.hpp"

#include "core/c_border.hpp"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

namespace orderflow::outbound {

curl_socket_t open_socket(const curl_sockaddr& address) noexcept {
  const int socket = ::socket(address.family, address.socktype, address.protocol);
  if (socket < 0) return CURL_SOCKET_BAD;
  ::fcntl(socket, F_SETFD, FD_CLOEXEC);
  return socket;
}

void OpenSockets::watch(CURL* easy) {
  curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, core::never_throws(open));
  curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, this);
  curl_easy_setopt(easy, CURLOPT_CLOSESOCKETFUNCTION, core::never_throws(close));
  curl_easy_setopt(easy, CURLOPT_CLOSESOCKETDATA, this);
}

void OpenSockets::shut_down() noexcept {
  const std::lock_guard lock(mutex_);
  shut_ = true;
  for (const curl_socket_t socket : sockets_)
    ::shutdown(socket, SHUT_RDWR);
}

curl_socket_t OpenSockets::open_known(const curl_sockaddr& address) {
  const std::lock_guard lock(mutex_);
  if (shut_) return CURL_SOCKET_BAD;
  const curl_socket_t socket = open_socket(address);
  if (socket == CURL_SOCKET_BAD) return socket;
  try {
    sockets_.insert(socket);
  } catch (...) {
    ::close(socket);
    throw;
  }
  return socket;
}

curl_socket_t OpenSockets::open(void* self, curlsocktype /*purpose*/,
                                curl_sockaddr* address) noexcept {
  return core::at_c_border(CURL_SOCKET_BAD,
                           [&] { return static_cast<OpenSockets*>(self)->open_known(*address); });
}

int OpenSockets::close(void* self, curl_socket_t socket) noexcept {
  constexpr int not_closed = 1;
  return core::at_c_border(not_closed, [&] {
    auto& sockets = *static_cast<OpenSockets*>(self);
    // Under the lock, so that `shut_down` never uses a number that has come to belong to another
    // file.
    const std::lock_guard lock(sockets.mutex_);
    sockets.sockets_.erase(socket);
    return ::close(socket);
  });
}

}  // namespace orderflow::outbound
