#pragma once

#include "http/message/message.hpp"
#include "http/routing/access.hpp"

#include <boost/asio/awaitable.hpp>

#include <cstddef>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace orderflow::http {

/// Answers a request, on the session's thread. May throw: the server logs it and answers 500 (503
/// with Retry-After for `Unavailable`).
/// The function object lives as long as the router, so a coroutine lambda may use its captures.
using Handler = std::function<boost::asio::awaitable<Response>(Request&)>;

/// Thrown by a handler to be answered with 503 and `Retry-After`: a bound was reached, or the node
/// is stopping.
class Unavailable : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// What a route accepts as a request's body.
enum class Accepts {
  json,     ///< anything else is refused with 415
  anything  ///< also what a form on a page of another site can send
};

/// What a route accepts, and when. The defaults suit most routes.
struct RouteTraits {
  Accepts accepts = Accepts::json;
  /// More is refused with 413 before it is read; never more than the server's limit. 0: the
  /// server's limit, or `small_body_bytes` where the route needs no key or the method has no use
  /// for a body.
  std::size_t body_bytes_max = 0;
  /// Answered also where the server has no room left but its reserve, as operators' requests are.
  bool is_vital = false;
};

/// Enough for a link or a reason.
inline constexpr std::size_t small_body_bytes = 4U << 10;

/// The routing table: (method, path pattern) -> handler. Filled at start, read by all threads
/// after.
class Router {
 public:
  Router();
  ~Router();
  Router(Router&&) noexcept;
  Router& operator=(Router&&) noexcept;

  /// `pattern` is an absolute path whose segments are literal or `{name}`: "/v1/orders/{id}".
  /// A literal segment wins over a parameter. Throws `std::logic_error` where the pair is taken.
  void add(Method method, std::string_view pattern, Access access, Handler handler,
           RouteTraits traits = {});

  struct Route {
    Method method;
    std::string pattern;
    Access access;
  };
  /// All routes in the order they were added.
  std::vector<Route> routes() const;

  /// What `Wrapper` makes of a route and its handler takes the handler's place.
  using Wrapper = std::function<Handler(const Route& route, Handler handler)>;
  /// Wraps the handler of every route, whenever it is added.
  void wrap(Wrapper wrapper);

  /// The handler and its pattern for a request, whose `path_parameters` are filled; HEAD finds
  /// GET's. The still encoded path of `target` decides, so that an encoded slash stays within its
  /// segment. Without one: `handler` is null and `allowed` names the methods that the path does
  /// have.
  struct Match {
    const Handler* handler = nullptr;
    std::string_view pattern{};
    Access access = Access::any_key;  ///< also of unknown routes: strangers need not know
    RouteTraits traits{};             ///< with its own limit of a body, or 0 for the server's
    std::string
        allowed{};  ///< for the Allow header, such as "GET, HEAD, POST"; empty: unknown path
  };
  Match find(Request& request) const;

 private:
  struct Table;
  std::unique_ptr<Table> table_;
};

}  // namespace orderflow::http
