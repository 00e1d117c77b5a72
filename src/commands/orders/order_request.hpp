#pragma once

#include "cli/app_name.hpp"

#include <nlohmann/json.hpp>

#include <map>
#include <string>
#include <vector>

namespace orderflow::commands {

/// The flags that describe an order to be placed.
class OrderRequest {
 public:
  void add_to(CLI::App& command);

  /// The body of `POST /v1/orders`: that of `--file`, else made of the other flags. Throws
  /// `cli::WrongUse`.
  nlohmann::json to_json() const;

 private:
  std::string file_;
  std::map<std::string, std::string> texts_;  ///< by member of the order
  std::vector<std::string> items_;
};

/// The text of a file, or of standard input for "-", as JSON, at most 16 MiB. Throws
/// `cli::WrongUse` that names `flag`.
nlohmann::json read_json_file(const std::string& flag, const std::string& file);

}  // namespace orderflow::commands
