#pragma once

#include <nlohmann/json.hpp>

#include <optional>
#include <stdexcept>
#include <string>

namespace orderflow::app {

/// The node did not answer, or not as a node does; what() says so.
class NodeUnreachable : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// The node has refused; what() is its own explanation.
class NodeRefused : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Asks a running node over its REST interface, as commands do. One request at a time, 30 s each.
class NodeClient {
 public:
  struct Options {
    std::string url;                  ///< without the path: http://127.0.0.1:8080
    std::optional<std::string> key;   ///< an API key
    std::string certificates_file{};  ///< to trust besides the system's, PEM
  };

  explicit NodeClient(Options options) : options_(std::move(options)) {}

  /// The answer's document; null where it has no body. `body` is sent unless it is null. Throws
  /// `NodeUnreachable`, and `NodeRefused` at a status of 400 or more.
  nlohmann::json ask(const std::string& method, const std::string& path,
                     const nlohmann::json& body = nullptr) const;

 private:
  const Options options_;
};

}  // namespace orderflow::app
