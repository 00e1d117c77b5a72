#include "smtp/mail_server.hpp"

#include <cstdio>
#include <stdexcept>

namespace orderflow::test {
namespace {

using namespace std::chrono_literals;

void run(const Command& command) {
  Process process(command);
  const auto exit = process.wait(60s);
  if (!exit || *exit != ExitStatus{.code = 0}) {
    throw std::runtime_error(command.executable.string() + ": " + process.errors());
  }
}

Command server_command(const MailServerOptions& options) {
  Command command{.executable = "/usr/bin/python3",
                  .arguments = {MAIL_SERVER_SCRIPT, "--port", std::to_string(options.port), "--tls",
                                options.security}};
  const auto add = [&](const std::string& flag, const std::string& value) {
    command.arguments.push_back(flag);
    command.arguments.push_back(value);
  };
  if (options.certificate != nullptr) {
    add("--certificate", options.certificate->file());
    add("--key", options.certificate->key_file());
  }
  if (!options.username.empty()) {
    add("--user", options.username);
    add("--password", options.password);
  }
  return command;
}

}  // namespace

Certificate::Certificate(const std::string& names) {
  run({.executable = "/usr/bin/openssl",
       .arguments = {"req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
                     "-nodes", "-keyout", key_file(), "-out", file(), "-days", "2", "-subj",
                     "/CN=localhost", "-addext", "subjectAltName=" + names}});
}

MailServer::MailServer(const MailServerOptions& options) : process_(server_command(options)) {
  const auto line = process_.wait_for_line("smtp ", 60s);
  unsigned port = 0;
  unsigned control = 0;
  if (!line || std::sscanf(line->c_str(), "smtp %u control %u", &port, &control) != 2) {
    throw std::runtime_error("the mail server did not start: " + process_.errors());
  }
  port_ = static_cast<std::uint16_t>(port);
  control_.emplace(static_cast<std::uint16_t>(control));
}

std::string header_of(const nlohmann::json& mail, const std::string& name) {
  for (const auto& header : mail.at("headers")) {
    if (header.at(0) == name) return header.at(1);
  }
  return {};
}

}  // namespace orderflow::test
