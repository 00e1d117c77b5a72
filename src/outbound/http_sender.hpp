#pragma once

#include "outbound/http_request.hpp"

#include <boost/asio/awaitable.hpp>

namespace orderflow::outbound {

/// Sends requests to other HTTP servers: `Transfers`, or a fake of a test.
class HttpSender {
 public:
  virtual ~HttpSender() = default;

  /// Sends a request and resumes on the caller's executor with the whole answer, whatever its
  /// status. Throws `TransferError`. `request` outlives the call: give a named local. This object
  /// outlives the call too, but for one that is never resumed because this object was destroyed.
  virtual boost::asio::awaitable<HttpAnswer> send(const HttpRequest& request) = 0;
};

}  // namespace orderflow::outbound
