#include "outbound/open_sockets.hpp"

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
  curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, open);
  curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, this);
  curl_easy_setopt(easy, CURLOPT_CLOSESOCKETFUNCTION, close);
  curl_easy_setopt(easy, CURLOPT_CLOSESOCKETDATA, this);
}

void OpenSockets::shut_down() noexcept {
  const std::lock_guard lock(mutex_);
  shut_ = true;
  for (const curl_socket_t socket : sockets_)
    ::shutdown(socket, SHUT_RDWR);
}

curl_socket_t OpenSockets::open(void* self, curlsocktype /*purpose*/, curl_sockaddr* address) {
  auto& sockets = *static_cast<OpenSockets*>(self);
  const std::lock_guard lock(sockets.mutex_);
  if (sockets.shut_) return CURL_SOCKET_BAD;
  const curl_socket_t socket = open_socket(*address);
  if (socket != CURL_SOCKET_BAD) sockets.sockets_.insert(socket);
  return socket;
}

int OpenSockets::close(void* self, curl_socket_t socket) {
  auto& sockets = *static_cast<OpenSockets*>(self);
  // Under the lock, so that `shut_down` never meets a number that belongs to another file by then.
  const std::lock_guard lock(sockets.mutex_);
  sockets.sockets_.erase(socket);
  return ::close(socket);
}

}  // namespace orderflow::outbound
