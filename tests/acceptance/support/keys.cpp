#include "acceptance/support/keys.hpp"

#include <stdexcept>
#include <utility>

namespace orderflow::test {

CommandRun keys_command(const std::filesystem::path& data, std::vector<std::string> arguments,
                        const std::string& key) {
  Command command{.executable = serve_command(data).executable,
                  .arguments = {"keys"},
                  .environment = {},
                  .withheld_prefix = "ORDERFLOW_"};
  command.arguments.insert(command.arguments.end(), arguments.begin(), arguments.end());
  for (const std::string& argument : {std::string("--config"), shipped_settings_file().string(),
                                      std::string("--data"), data.string()}) {
    command.arguments.push_back(argument);
  }
  if (!key.empty()) command.environment.emplace_back("ORDERFLOW_API_KEY", key);
  Process process(command);
  const auto exit = process.wait(std::chrono::minutes(2));
  if (!exit || exit->signal != 0) throw std::runtime_error("orderflow keys did not end");
  return {.code = exit->code, .output = process.output(), .errors = process.errors()};
}

nlohmann::json make_key(const std::filesystem::path& data, const std::string& name,
                        const std::vector<std::string>& scopes, const std::string& key,
                        const std::string& expires) {
  std::vector<std::string> arguments{"create", "--name", name, "--json"};
  for (const std::string& scope : scopes) {
    arguments.emplace_back("--scope");
    arguments.push_back(scope);
  }
  if (!expires.empty()) {
    arguments.emplace_back("--expires");
    arguments.push_back(expires);
  }
  const CommandRun run = keys_command(data, arguments, key);
  if (run.code != 0) throw std::runtime_error("no key was made: " + run.errors);
  return run.json();
}

HttpHeaders bearer(const std::string& key) {
  if (key.empty()) return {};
  return {{"Authorization", "Bearer " + key}};
}

}  // namespace orderflow::test
