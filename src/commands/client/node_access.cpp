#include "commands/client/node_access.hpp"

#include "app/loaded_settings.hpp"
#include "cli/exit_code.hpp"
#include "commands/config/settings_views.hpp"
#include "config/secret_file.hpp"
#include "core/secret_text.hpp"
#include "core/text.hpp"

#include <CLI/CLI.hpp>
#include <boost/asio/ip/address.hpp>

#include <algorithm>
#include <cstdlib>
#include <string_view>

namespace orderflow::commands {
namespace {

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
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

/// True where a URL that was checked leads no further than this machine.
bool is_this_machine(std::string_view url) {
  std::string host = core::lower_case(url.substr(url.find("://") + 3));
  if (host.starts_with('[')) {
    host = host.substr(1, host.find(']') - 1);
  } else {
    host.resize(std::min(host.find(':'), host.size()));
  }
  if (host == "localhost" || host.ends_with(".localhost")) return true;
  boost::system::error_code no_address;
  const auto address = boost::asio::ip::make_address(host, no_address);
  return !no_address && address.is_loopback();
}

bool is_set(const char* name) {
  const std::string value = variable(name);
  if (value == "true" || value == "1") return true;
  if (value.empty() || value == "false" || value == "0") return false;
  throw cli::WrongUse(std::string(name) + ": allowed is true or false");
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
  command.add_flag("--plain-http", plain_http_, "Send the key beyond this machine without TLS too");
  command.add_option("--ca", certificates_file_, "Certificates to trust, PEM (default: system's)")
      ->type_name("FILE");
  command.add_option("--config", config_, "Settings file that names where the node listens")
      ->type_name("FILE");
  command.add_flag("--json", json_, "Print JSON, for scripts");
}

bool NodeAccess::names_node() const {
  return !url_.empty() || !variable(app::url_variable).empty();
}

NodeAccess::Location NodeAccess::location() const {
  if (names_node()) return {url_.empty() ? variable(app::url_variable) : url_, false};
  try {
    const Listening listening = read_listening(app::settings_sources(config_, {}));
    return {reachable_url(listening), listening.plain_beyond_loopback};
  } catch (const std::exception& e) {
    throw cli::WrongUse(std::string("the settings do not name where the node listens\n") +
                        e.what() + "\nName it by --url or ORDERFLOW_URL.");
  }
}

cli::NodeAddress NodeAccess::address() const {
  const Location named = location();
  cli::NodeAddress address = address_at(named.url);
  if (!address.key || address.url.starts_with("https://") || is_this_machine(address.url) ||
      named.plain_is_meant || plain_http_ || is_set(app::plain_variable)) {
    return address;
  }
  throw cli::WrongUse("the API key is not sent to " + address.url +
                      ": anyone on the way could read it. Use https, or, where something"
                      " else encrypts, --plain-http or " +
                      app::plain_variable + "=true");
}

cli::NodeAddress NodeAccess::keyless_address() const {
  return {.url = checked_url(location().url), .key = {}, .certificates_file = certificates_file_};
}

cli::NodeAddress NodeAccess::address_at(std::string url) const {
  cli::NodeAddress address{
      .url = checked_url(std::move(url)), .key = {}, .certificates_file = certificates_file_};
  if (!key_file_.empty()) {
    try {
      address.key = checked_key(config::read_secret_file(key_file_), "--key-file");
    } catch (const config::SecretFileRefused& e) {
      throw cli::WrongUse("--key-file: " + key_file_ + ": " + e.what());
    }
  } else if (std::string key = variable(app::key_variable); !key.empty()) {
    address.key = checked_key(std::move(key), app::key_variable);
  }
  return address;
}

}  // namespace orderflow::commands
