#pragma once

#include "support/http_client.hpp"
#include "support/process.hpp"
#include "support/temporary_folder.hpp"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

namespace orderflow::test {

/// A certificate that nobody else has signed, and its key, as PEM files.
class Certificate {
 public:
  /// Makes them by the openssl program. `names` are those of the server, as openssl writes them.
  explicit Certificate(const std::string& names = "IP:127.0.0.1,DNS:localhost");

  std::string file() const { return (folder_.path() / "certificate.pem").string(); }
  std::string key_file() const { return (folder_.path() / "key.pem").string(); }

 private:
  TemporaryFolder folder_;
};

struct MailServerOptions {
  std::string security = "starttls";  ///< or "tls", "none"
  const Certificate* certificate = nullptr;
  std::string username{};  ///< empty: without authentication
  std::string password{};
  std::uint16_t port = 0;  ///< 0: a free one
};

/// A real mail server on 127.0.0.1 (mail_server.py) in a process of its own. Belongs to one thread.
class MailServer {
 public:
  explicit MailServer(const MailServerOptions& options);

  std::uint16_t port() const noexcept { return port_; }
  Process& process() noexcept { return process_; }

  /// Everything that was taken, in order, as mail_server.py reports it.
  nlohmann::json mails() { return control_->get("/mails").json(); }
  nlohmann::json counts() { return control_->get("/counts").json(); }

  /// The next `count` mails meet the rule of that name.
  void behave(const std::string& rule, int count) {
    control_->post("/behave", {{"rule", rule}, {"count", count}});
  }

 private:
  Process process_;
  std::uint16_t port_ = 0;
  std::optional<HttpClient> control_;
};

/// The value of a mail's header; empty where there is none.
std::string header_of(const nlohmann::json& mail, const std::string& name);

}  // namespace orderflow::test
