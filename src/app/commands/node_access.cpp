#include "commands/node_access.hpp"

#include "cli/exit_code.hpp"
#include "config/secret_file.hpp"
#include "core/secret_text.hpp"
#include "loaded_settings.hpp"
#include "settings_views.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <cstdlib>

namespace orderflow::app {
namespace {

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

std::string url_of_settings(const std::string& file) {
  try {
    return reachable_url(read_listening(settings_sources(file, {})));
  } catch (const std::exception& e) {
    throw cli::WrongUse(std::string("the settings do not tell where the node listens\n") +
                        e.what() + "\nName it by --url or ORDERFLOW_URL.");
  }
}

std::string checked_url(std::string url) {
  while (url.ends_with('/'))
    url.pop_back();
  const bool has_scheme = url.starts_with("http://") || url.starts_with("https://");
  const std::size_t host = url.find("://") + 3;
  if (!has_scheme || host >= url.size() || url.find_first_of("/?#@", host) != std::string::npos ||
      !std::ranges::all_of(url, [](char c) { return c > 0x20 && c < 0x7f; })) {
    throw cli::WrongUse("\"" + core::with_secrets_masked(url) +
                        "\" is not the URL of a node, such as http://127.0.0.1:8080: a scheme, a "
                        "host and a port");
  }
  return url;
}

std::string checked_key(std::string key, const std::string& where) {
  if (!std::ranges::all_of(key, [](char c) { return c > 0x20 && c < 0x7f; })) {
    throw cli::WrongUse(where + ": an API key has no blanks, line ends or control characters");
  }
  return key;
}

}  // namespace

void NodeAccess::add_to(CLI::App& command) {
  command.add_option("--url", url_, "The node (default: ORDERFLOW_URL, else the settings')")
      ->type_name("URL");
  command.add_option("--key-file", key_file_, "File of an API key (default: ORDERFLOW_API_KEY)")
      ->type_name("FILE");
  command.add_option("--ca", certificates_file_, "Certificates to trust, PEM (default: system's)")
      ->type_name("FILE");
  command.add_option("--config", config_, "Settings file that tells where the node listens")
      ->type_name("FILE");
  command.add_flag("--json", json_, "Print JSON, for scripts");
}

bool NodeAccess::names_node() const {
  return !url_.empty() || !variable(url_variable).empty();
}

cli::NodeAddress NodeAccess::address() const {
  if (!names_node()) return address_at(url_of_settings(config_));
  return address_at(url_.empty() ? variable(url_variable) : url_);
}

cli::NodeAddress NodeAccess::address_at(std::string url) const {
  cli::NodeAddress address;
  address.url = checked_url(std::move(url));
  address.certificates_file = certificates_file_;
  if (!key_file_.empty()) {
    try {
      address.key = checked_key(config::read_secret_file(key_file_), "--key-file");
    } catch (const config::SecretFileRefused& e) {
      throw cli::WrongUse("--key-file: " + key_file_ + ": " + e.what());
    }
  } else if (std::string key = variable(key_variable); !key.empty()) {
    address.key = checked_key(std::move(key), key_variable);
  }
  return address;
}

}  // namespace orderflow::app
