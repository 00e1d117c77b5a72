#pragma once

#include "commands/client/node_access.hpp"

#include <nlohmann/json.hpp>

#include <string>

namespace CLI {
class App;
}

namespace orderflow::commands {

/// `orderflow orders redrive`: has the node drive orders on, a bounded number with each request,
/// until it has no more.
class RedriveCommand {
 public:
  void add_to(CLI::App& command);

  /// The exit code. Throws what `NodeAccess` and its client throw, and `CLI::ValidationError`.
  int run(const NodeAccess& access) const;

 private:
  nlohmann::json request() const;

  std::string module_ = "orders";
  std::string id_;
  std::string older_than_;
  std::string since_;
};

}  // namespace orderflow::commands
