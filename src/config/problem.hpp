#pragma once

#include <nlohmann/json.hpp>

#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace orderflow::config {

/// One thing that is wrong with the settings: where it was given, which key it concerns, and why.
struct Problem {
  std::string where;   ///< `config/orderflow.json:12:5`, `ORDERFLOW_HTTP_PORT` or `--port`
  std::string key;     ///< the key's path, `http.port`; empty where no single key is concerned
  std::string detail;  ///< what was found and what is allowed, for people

  /// `where: key: detail`, without the key where there is none.
  std::string to_line() const;

  friend bool operator==(const Problem&, const Problem&) = default;
};

/// The settings cannot be used. `what()` has one line per problem.
class Invalid : public std::runtime_error {
 public:
  explicit Invalid(std::vector<Problem> problems);

  const std::vector<Problem>& problems() const noexcept { return problems_; }

 private:
  std::vector<Problem> problems_;
};

/// What stands for a secret where settings are shown.
inline constexpr std::string_view secret_mask = "********";

/// A value with each login of a URL and each API key in it masked: people write them where they do
/// not belong.
nlohmann::json without_secrets(nlohmann::json value);

/// A value as it is shown to people: JSON on one line, without secrets, cut to about 80 bytes, and
/// with bytes that are not UTF-8 replaced.
std::string shown(const nlohmann::json& value);

}  // namespace orderflow::config
