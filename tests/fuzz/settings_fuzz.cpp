// The settings of a node and of all its modules, from a file with comments, variables of the
// environment and flags. An input is the file's text; a line "--- environment" begins the
// variables, NAME=value a line, and a line "--- flags" the flags, path=value a line.
#include "app/modules.hpp"
#include "app/settings.hpp"
#include "config/document.hpp"
#include "config/environment.hpp"
#include "fuzz/finding.hpp"

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <set>

namespace orderflow::app {
namespace {

using fuzz::require;
using nlohmann::json;

/// The one setting of which a part may be a secret.
constexpr const char* broker = "rabbitmq.uri";

struct Input {
  std::string file;
  std::vector<std::string> environment;
  std::vector<config::Override> flags;
};

Input split(std::string_view text) {
  Input input;
  enum { in_file, in_environment, in_flags } part = in_file;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string line(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    const std::size_t equals = std::min(line.find('='), line.size());
    if (line == "--- environment") {
      part = in_environment;
    } else if (line == "--- flags") {
      part = in_flags;
    } else if (part == in_file) {
      input.file += line + '\n';
    } else if (part == in_environment) {
      input.environment.push_back(line);
    } else {
      input.flags.push_back({.path = line.substr(0, equals),
                             .value = line.substr(std::min(equals + 1, line.size())),
                             .flag = "--" + line.substr(0, equals)});
    }
  }
  return input;
}

/// A file in memory that has a path.
class SettingsText {
 public:
  explicit SettingsText(std::string_view text) : descriptor_(::memfd_create("settings", 0)) {
    require(::write(descriptor_, text.data(), text.size()) == static_cast<ssize_t>(text.size()),
            "the settings can be written");
  }
  ~SettingsText() { ::close(descriptor_); }
  SettingsText(const SettingsText&) = delete;
  SettingsText& operator=(const SettingsText&) = delete;

  std::filesystem::path path() const { return "/proc/self/fd/" + std::to_string(descriptor_); }

 private:
  int descriptor_;
};

/// What the settings come to; nothing where they are refused, and then `refusal` has the reason.
std::optional<nlohmann::ordered_json> read(const Input& input, std::string& refusal) {
  // Once: what a module is made of has nothing to do with its settings.
  static const auto modules = make_modules();
  static const auto names = [] {
    std::vector<std::string> all;
    for (const auto& module : modules)
      all.emplace_back(module->name());
    return all;
  }();
  const SettingsText text(input.file);
  try {
    config::Document document{{text.path(), input.environment, input.flags}};
    const Settings settings = read_settings(document, names);
    for (const auto& module : modules)
      module->configure(document.section(module->name()));
    document.check();
    require(settings.http.threads >= 1 && settings.http.threads <= 64, "threads are bounded");
    require(settings.http.header_bytes_max <= 60 << 10, "a header is bounded");
    require(settings.http.body_bytes_max <= 64 << 20, "a body is bounded");
    require(!settings.modules.empty(), "a node hosts a module");
    return document.effective();
  } catch (const config::Invalid& invalid) {
    require(!invalid.problems().empty(), "a refusal has a reason");
    for (const config::Problem& problem : invalid.problems()) {
      require(!problem.where.empty(), "a problem names where", problem.to_line());
      require(!problem.detail.empty(), "a problem names what is wrong", problem.to_line());
    }
    refusal = invalid.what();
    return std::nullopt;
  }
}

/// The variables that alone may hold a secret.
const std::set<std::string>& secret_variables() {
  static const std::set<std::string> variables = [] {
    std::set<std::string> found;
    std::string refusal;
    const auto defaults = read({.file = "{}", .environment = {}, .flags = {}}, refusal);
    require(defaults.has_value(), "the defaults are allowed", refusal);
    for (const auto& [path, known] : defaults->items()) {
      if (known["value"].is_null()) found.insert(config::environment_name(path));
    }
    require(!found.empty(), "there are secrets");
    return found;
  }();
  return variables;
}

/// A secret that was given where it belongs, and stands nowhere else in the input.
void check_secrets_hidden(std::string_view text, const Input& input, const std::string& shown) {
  constexpr std::string_view secret = "pa55w0rd-";
  const std::size_t first = text.find(secret);
  if (first == std::string_view::npos || text.find(secret, first + 1) != std::string_view::npos) {
    return;
  }
  for (const std::string& line : input.environment) {
    const std::size_t equals = line.find('=');
    if (equals == std::string::npos || line.find(secret) == std::string::npos ||
        line.find(secret) < equals || !secret_variables().contains(line.substr(0, equals))) {
      continue;
    }
    require(shown.find(secret) == std::string::npos, "a secret is never shown", shown);
  }
}

/// True where the settings show a mask instead of what was given in the environment.
bool is_hidden(const std::string& path, const nlohmann::ordered_json& known) {
  if (secret_variables().contains(config::environment_name(path))) return true;
  return path == broker && known["source"] == "environment" &&
         known["value"].get<std::string>().find(config::secret_mask) != std::string::npos;
}

/// Settings written to a file, with the secrets where they were, are the same settings.
void check_written(const Input& input, const nlohmann::ordered_json& effective) {
  json file = json::object();
  std::set<std::string> hidden;
  for (const auto& [path, known] : effective.items()) {
    if (is_hidden(path, known)) {
      hidden.insert(config::environment_name(path));
      if (path == broker) hidden.insert("RABBIT_MQ_URI");
      continue;
    }
    std::string pointer = "/" + path;
    std::ranges::replace(pointer, '.', '/');
    file[json::json_pointer(pointer)] = json(known["value"]);
  }
  Input written{.file = file.dump(2), .environment = {}, .flags = {}};
  for (const std::string& line : input.environment) {
    if (hidden.contains(line.substr(0, line.find('=')))) written.environment.push_back(line);
  }
  std::string refusal;
  const auto again = read(written, refusal);
  require(again.has_value(), "settings, written to a file, are allowed", refusal);
  for (const auto& [path, known] : effective.items()) {
    require((*again)[path]["value"] == known["value"], "settings, written to a file, are the same",
            path);
  }
}

void check(std::string_view text) {
  const Input input = split(text);
  std::string refusal;
  const auto effective = read(input, refusal);
  check_secrets_hidden(text, input, effective ? effective->dump() : refusal);
  if (effective) check_written(input, *effective);
}

}  // namespace
}  // namespace orderflow::app

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  orderflow::app::check({reinterpret_cast<const char*>(data), size});
  return 0;
}
