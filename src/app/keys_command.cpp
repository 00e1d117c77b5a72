#include "keys_command.hpp"

#include "access/manage_keys.hpp"
#include "key_table.hpp"
#include "lifetime.hpp"
#include "loaded_settings.hpp"
#include "modules.hpp"
#include "serve.hpp"
#include "storage/data_folder.hpp"

#include <cstdio>
#include <cstdlib>
#include <optional>

namespace orderflow::app {
namespace {

constexpr const char* key_variable = "ORDERFLOW_API_KEY";

std::optional<std::string> key_in_environment() {
  const char* key = std::getenv(key_variable);
  if (key == nullptr || *key == '\0') return std::nullopt;
  return key;
}

/// Wrong use of the command; what() says what is allowed.
class WrongUse : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

std::chrono::seconds read_time(const std::string& flag, const std::string& text, core::Duration min,
                               core::Duration max) {
  const auto time = parse_lifetime(text);
  if (!time || *time < min || *time > max) {
    const auto days = std::chrono::duration_cast<std::chrono::hours>(max).count() / 24;
    throw WrongUse(flag + ": \"" + text + "\" is not a whole number and s, m, h or d, such as 90d" +
                   ", up to " + std::to_string(days) + "d");
  }
  return std::chrono::duration_cast<std::chrono::seconds>(*time);
}

}  // namespace

KeysCommand::KeysCommand(CLI::App& app)
    : command_(*app.add_subcommand("keys", "Make, list and end API keys")),
      create_(add("create", "Make a key and show it, once")),
      list_(add("list", "List the keys, those that have ended too")),
      revoke_(add("revoke", "End a key at once")),
      rotate_(add("rotate", "Make a successor of a key; both are valid for a while")) {
  command_.require_subcommand(1);
  create_.add_option("--name", name_, "Whose key it is: stands in the audit log")->required();
  create_.add_option("--scope", scopes_, "What it may do; may be given several times")
      ->required()
      ->delimiter(',')
      ->check(CLI::IsMember(access::Scopes::all_names()));
  create_.add_option("--expires", expires_, "Its length of life, such as 90d (default: no end)");
  revoke_.add_option("ID", id_, "The key, as list shows it")->required();
  rotate_.add_option("ID", id_, "The key, as list shows it")->required();
  rotate_.add_option("--overlap", overlap_, "How long the old key stays valid (default: 24h)");
  command_.footer(
      std::string("A node that runs is asked over its REST interface, with the key of the scope "
                  "admin that\n") +
      key_variable +
      " holds, if it has keys at all; of one that does not run the database is changed.\n\n"
      "Exit codes: 0 done; 1 refused, or the node does not answer; 2 wrong flags or settings.");
}

CLI::App& KeysCommand::add(const char* name, const char* help) {
  CLI::App& added = *command_.add_subcommand(name, help);
  added.add_option("--config", config_, "Settings file, for the data folder");
  added.add_option_function<std::string>(
      "--data",
      [this](const std::string& folder) {
        overrides_.push_back({.path = "node.data", .value = folder, .flag = "--data"});
      },
      "Folder of the node's data");
  added.add_option("--url", url_, "A running node, such as https://orders.example:8443");
  added.add_option("--ca", certificates_file_,
                   "Certificates to trust, PEM (default: the system's)");
  added.add_flag("--json", json_, "Print one JSON document");
  return added;
}

std::unique_ptr<KeyKeeper> KeysCommand::keeper() const {
  NodeClient::Options node{
      .url = url_, .key = key_in_environment(), .certificates_file = certificates_file_};
  while (node.url.ends_with('/'))
    node.url.pop_back();
  if (!node.url.empty()) return keys_of_node(std::move(node));
  try {
    return keys_in_folder(data_folder(), create_.parsed());
  } catch (const storage::DataFolderInUse& e) {
    if (!e.url()) throw;
    node.url = *e.url();
    return keys_of_node(std::move(node));
  }
}

std::filesystem::path KeysCommand::data_folder() const {
  try {
    return load_settings(config_, overrides_, make_modules()).data_folder;
  } catch (const std::exception& e) {
    throw WrongUse(std::string("the settings are not valid\n") + e.what());
  }
}

KeysCommand::Times KeysCommand::check_use() const {
  if (create_.parsed() && !access::is_key_name(name_)) {
    throw WrongUse(
        "--name: must be 1 to 64 letters, digits, dots, hyphens or underscores, and not \"local\"");
  }
  Times times{.lifetime = {},
              .overlap = read_time("--overlap", overlap_, core::Duration{0}, access::overlap_max)};
  if (!expires_.empty()) {
    times.lifetime =
        read_time("--expires", expires_, std::chrono::seconds{1}, access::lifetime_max);
  }
  return times;
}

nlohmann::json KeysCommand::carry_out(KeyKeeper& keeper, const Times& times) const {
  if (list_.parsed()) return keeper.list();
  if (revoke_.parsed()) return keeper.revoke(id_);
  if (rotate_.parsed()) return keeper.rotate(id_, times.overlap);
  return keeper.create(name_, scopes_, times.lifetime);
}

int KeysCommand::run() const {
  try {
    const Times times = check_use();
    const nlohmann::json document = carry_out(*keeper(), times);
    std::string text;
    if (json_) {
      text = document.dump(2) + "\n";
    } else if (list_.parsed()) {
      text = key_table(document);
    } else if (revoke_.parsed()) {
      text = "Key " + document.at("id").get<std::string>() + ", " +
             document.at("name").get<std::string>() + ", is revoked.\n";
    } else {
      text = new_key_text(document);
    }
    std::fputs(text.c_str(), stdout);
    return exit_ok;
  } catch (const WrongUse& e) {
    std::fprintf(stderr, "orderflow: %s\n", e.what());
    return exit_usage;
  }
}

}  // namespace orderflow::app
