#pragma once

#include "core/trace_context.hpp"
#include "http/message/client.hpp"

#include <boost/asio/awaitable.hpp>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace orderflow::http {

class Presence;

enum class Method { get, head, post, put, patch, del };

/// The method's token: "GET", "DELETE", …
std::string_view to_string(Method method) noexcept;

/// True for methods that change nothing (RFC 9110 §9.2.1).
constexpr bool is_safe(Method method) noexcept {
  return method == Method::get || method == Method::head;
}

/// Names and values in order; a name may occur more than once.
using Fields = std::vector<std::pair<std::string, std::string>>;

/// A request that passed the server's checks: well framed, within the limits, Host allowed, target
/// decoded. Owned by the session while its handler runs.
struct Request {
  Method method = Method::get;
  std::string target;            ///< in origin-form, whichever form was received
  std::string path;              ///< decoded, without the query
  Fields query;                  ///< decoded
  Fields path_parameters;        ///< filled by the router: {id} -> value, decoded
  Fields headers;                ///< names in lower case
  std::string target_authority;  ///< of a target in absolute-form; empty for others
  std::string body;
  std::string remote_address;    ///< without the port
  core::TraceContext trace;      ///< taken from the request or made
  ClientPtr client;              ///< whose key it came with; null where the node is open
  Presence* presence = nullptr;  ///< whether the client is there; null where that is not known

  /// The name of the client; "local" where there is none.
  std::string_view client_name() const noexcept { return client ? client->name : local_client; }
  /// The client that the key was made for; "local" where none came.
  std::string_view holder() const noexcept { return client ? client->holder : local_client; }

  /// The first value of a name, or nothing. `header` expects the name in lower case.
  std::optional<std::string_view> header(std::string_view name) const noexcept;
  std::optional<std::string_view> query_value(std::string_view name) const noexcept;
  /// Host and port that the request is for: those of the target, whatever Host contains (RFC 9112
  /// §3.2.2), else Host's. Nothing where HTTP/1.0 names none.
  std::optional<std::string_view> authority() const noexcept;
  /// The value of `{name}` in the route's pattern; empty where the pattern has none.
  std::string_view path_value(std::string_view name) const noexcept;
};

/// A body that is produced while it is sent, chunk by chunk (the live event stream).
/// All calls come from the session's executor, one at a time except `stop`.
class BodyStream {
 public:
  virtual ~BodyStream() = default;
  /// Waits for the next chunk, which is not empty; nothing ends the body.
  virtual boost::asio::awaitable<std::optional<std::string>> next() = 0;
  /// Makes a waiting `next` return nothing soon, as the server drains. Same executor as `next`.
  virtual void stop() = 0;
};

/// What a handler answers: a status from 200 to 599. The server adds the framing (Content-Length,
/// Transfer-Encoding, Connection), the correlation headers and `Cache-Control: no-store` unless
/// `headers` has a Cache-Control. A name or value that could break the framing becomes a 500.
struct Response {
  unsigned status = 200;
  Fields headers;            ///< without the ones that the server adds
  std::string content_type;  ///< empty: no Content-Type
  std::string body;
  std::unique_ptr<BodyStream> stream;  ///< sent instead of `body` where set
};

}  // namespace orderflow::http
