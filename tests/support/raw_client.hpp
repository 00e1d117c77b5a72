#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace orderflow::test {

/// One response as it came over the wire; header names in lower case, a chunked body joined.
struct RawResponse {
  unsigned status = 0;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;

  /// The first value of a name in lower case; empty where there is none.
  std::string header(std::string_view name) const;
  bool has(std::string_view name) const;
};

/// A blocking connection to 127.0.0.1 that sends exactly the bytes it is given. For what a proper
/// client would never send. Waits at most ten seconds for input. Every failure throws
/// `std::runtime_error`.
class RawClient {
 public:
  /// `receive_buffer_bytes` above 0 sets the size of the kernel's receive buffer.
  explicit RawClient(std::uint16_t port, int receive_buffer_bytes = 0);
  ~RawClient();
  RawClient(RawClient&& other) noexcept;
  RawClient& operator=(RawClient&&) = delete;

  void send(std::string_view bytes);
  /// False where the peer no longer takes input.
  bool try_send(std::string_view bytes) noexcept;

  /// The next response. `to_head`: it answers a HEAD request and so has no body.
  RawResponse read_response(bool to_head = false);
  /// Status and headers of the next response, without its body.
  RawResponse read_head();
  /// The next chunk of a chunked body; nothing where it was the last.
  std::optional<std::string> read_chunk();
  /// All bytes until the peer ends the connection. A reset counts as an end.
  std::string read_until_close();

  void close() noexcept;
  int descriptor() const noexcept { return descriptor_; }

 private:
  /// Appends to `received_`; false at the end of the connection.
  bool receive();
  std::string take(std::size_t size);
  std::string take_line();

  int descriptor_ = -1;
  std::string received_;
};

}  // namespace orderflow::test
