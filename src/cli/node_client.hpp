#pragma once

#include "core/clock.hpp"
#include "outbound/http_request.hpp"

#include <nlohmann/json.hpp>

#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace orderflow::cli {

/// The node did not answer, or not as a node does; what() explains that, and what to do.
class NodeUnreachable : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// The node has refused; what() is its own explanation, and what to do.
class NodeRefused : public std::runtime_error {
 public:
  NodeRefused(unsigned status, const std::string& what)
      : std::runtime_error(what), status_(status) {}
  unsigned status() const noexcept { return status_; }

 private:
  unsigned status_;
};

/// Where a node is, and who asks it.
struct NodeAddress {
  std::string url;                   ///< without a path: http://127.0.0.1:8080
  std::optional<std::string> key{};  ///< an API key
  std::string certificates_file{};   ///< to trust instead of the system's, PEM; may be empty
};

/// A request to a node's REST interface.
struct NodeRequest {
  std::string method = "GET";
  std::string path;               ///< with its query, escaped
  nlohmann::json body = nullptr;  ///< null: none
  std::vector<std::pair<std::string, std::string>> headers{};
  core::Duration timeout = std::chrono::seconds{30};
};

/// A node's answer: its document, null where it has none.
struct NodeAnswer {
  unsigned status = 0;
  nlohmann::json document = nullptr;
  std::string location{};  ///< of the header; may be empty
};

/// A path's segment or a parameter's value, percent-encoded (RFC 3986 §2.1).
std::string escaped(std::string_view text);

/// A query of those parameters that are not empty: "?a=1&b=2", or nothing.
std::string query_of(const std::vector<std::pair<std::string, std::string>>& parameters);

/// Why a node has refused, for people: title and detail of its problem document (RFC 9457), each
/// field that it names, and what to do next.
std::string explanation(unsigned status, const nlohmann::json& problem);

/// Why no exchange with the node at `url` was possible, and what to do next.
std::string unreachable(const std::string& url, const std::string& why);

/// Asks a running node over its REST interface, one request at a time, over one connection. Belongs
/// to one thread.
class NodeClient {
 public:
  explicit NodeClient(NodeAddress address);
  ~NodeClient();
  NodeClient(const NodeClient&) = delete;
  NodeClient& operator=(const NodeClient&) = delete;

  const NodeAddress& address() const noexcept { return address_; }

  /// Returns the answer, whatever its status. Throws `NodeUnreachable`.
  NodeAnswer exchange(const NodeRequest& request);

  /// The same; throws `NodeRefused` where the status is 400 or more.
  NodeAnswer ask(const NodeRequest& request);

  nlohmann::json get(const std::string& path) { return ask({.path = path}).document; }
  nlohmann::json post(const std::string& path, const nlohmann::json& body = nullptr) {
    return ask({.method = "POST", .path = path, .body = body}).document;
  }

 private:
  struct Engine;

  const NodeAddress address_;
  std::unique_ptr<Engine> engine_;
};

}  // namespace orderflow::cli
