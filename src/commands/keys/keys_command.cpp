#include "commands/keys/keys_command.hpp"

#include "access/manage_keys.hpp"
#include "app/loaded_settings.hpp"
#include "app/modules.hpp"
#include "cli/exit_code.hpp"
#include "cli/terminal/printing.hpp"
#include "commands/client/lifetime.hpp"
#include "commands/keys/key_table.hpp"
#include "storage/data_folder.hpp"

#include <CLI/CLI.hpp>

namespace orderflow::commands {
namespace {

std::chrono::seconds read_time(const std::string& flag, const std::string& text, core::Duration min,
                               core::Duration max) {
  const auto time = parse_lifetime(text);
  if (!time || *time < min || *time > max) {
    const auto days = std::chrono::duration_cast<std::chrono::hours>(max).count() / 24;
    throw cli::WrongUse(flag + ": \"" + text +
                        "\" is not a whole number and s, m, h or d, such as 90d, up to " +
                        std::to_string(days) + "d");
  }
  return std::chrono::duration_cast<std::chrono::seconds>(*time);
}

int print_new_key(const nlohmann::json& key, bool as_json) {
  if (as_json) {
    cli::print_json(key);
  } else {
    cli::print(new_key_text(key));
  }
  return cli::exit_ok;
}

}  // namespace

KeysCommand::KeysCommand(CLI::App& app)
    : CommandGroup(app, "keys", "Make, list and end API keys"),
      catalog_(app::all_scopes(app::make_modules())) {
  CLI::App& creating = add_action("create", "Make a key and show it, once", &KeysCommand::create);
  creating.add_option("--name", name_, "Its client: named in the audit log")->required();
  creating.add_option("--scope", scopes_, "What it may do; may be given several times")
      ->required()
      ->delimiter(',')
      ->check(CLI::IsMember(catalog_.names()));
  creating.add_option("--expires", expires_, "Its lifetime, such as 90d (default: no end)")
      ->type_name("TIME");
  add_action("list", "List the keys, those that have ended too", &KeysCommand::list);
  CLI::App& revoking = add_action("revoke", "Revoke a key immediately", &KeysCommand::revoke);
  CLI::App& rotating = add_action("rotate", "Make a successor of a key; both are valid for a while",
                                  &KeysCommand::rotate);
  for (CLI::App* command : {&revoking, &rotating})
    command->add_option("ID", id_, "The key, as list shows it")->required();
  rotating.add_option("--overlap", overlap_, "How long the old key stays valid (default: 24h)")
      ->type_name("TIME");
  command().footer(
      std::string("A running node is asked over its REST interface, with the key of the scope "
                  "admin\nthat ") +
      app::key_variable +
      " holds, if it has keys at all; of a stopped node the database is changed.\n\n"
      "A key of the scope admin makes keys of any scope, others than its own too:\n"
      "such a key can do everything.\n\n"
      "Exit codes: 0 done; 1 refused; 2 wrong flags or settings; 4 the node cannot be reached.");
}

CLI::App& KeysCommand::add_action(const char* name, const char* help,
                                  int (KeysCommand::*action)() const) {
  CLI::App& added = add(name, help, [this, action] { return (this->*action)(); });
  flags_.add_override(added, "--data", "node.data", "Folder of the node's data", "FOLDER");
  access_.add_to(added);
  return added;
}

std::unique_ptr<key_admin::KeyAdministration> KeysCommand::administration(bool make) const {
  if (access_.names_node()) return key_admin::keys_of_node(access_.address());
  const app::Settings settings =
      app::valid_settings(access_.settings_file(), flags_.overrides(), app::make_modules());
  try {
    return key_admin::keys_in_folder(settings.data_folder, make, settings.data_rule);
  } catch (const storage::DataFolderInUse& e) {
    if (!e.url()) throw;
    return key_admin::keys_of_node(access_.address_at(*e.url()));
  }
}

int KeysCommand::create() const {
  if (!access::is_key_name(name_)) {
    throw cli::WrongUse(
        "--name: must be 1 to 64 letters, digits, dots, hyphens or underscores, and not \"local\"");
  }
  const access::Scopes scopes = catalog_.select(scopes_).value();
  std::optional<std::chrono::seconds> lifetime;
  if (!expires_.empty()) {
    lifetime = read_time("--expires", expires_, std::chrono::seconds{1}, access::lifetime_max);
  }
  return print_new_key(administration(true)->create(name_, scopes, lifetime), access_.json());
}

int KeysCommand::list() const {
  const nlohmann::json keys = administration()->list();
  if (access_.json()) {
    cli::print_json(keys);
  } else {
    cli::print(key_table(keys));
  }
  return cli::exit_ok;
}

int KeysCommand::revoke() const {
  const nlohmann::json key = administration()->revoke(id_);
  if (access_.json()) {
    cli::print_json(key);
  } else {
    cli::print("Key " + key.at("id").get<std::string>() + ", " + key.at("name").get<std::string>() +
               ", is revoked.\n");
  }
  return cli::exit_ok;
}

int KeysCommand::rotate() const {
  const auto overlap = read_time("--overlap", overlap_, core::Duration{0}, access::overlap_max);
  return print_new_key(administration()->rotate(id_, overlap), access_.json());
}

}  // namespace orderflow::commands
