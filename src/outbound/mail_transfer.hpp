#pragma once

#include "core/clock.hpp"
#include "outbound/open_sockets.hpp"
#include "outbound/smtp_replies.hpp"
#include "outbound/transfer.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

namespace orderflow::outbound {

/// How to connect to a mail server.
struct MailServer {
  enum class Security {
    starttls,  ///< begins in the clear and must become TLS before anything else
    tls,       ///< TLS from the first byte
    none       ///< in the clear
  };
  std::string host{};  ///< a name or an address; no control characters
  std::uint16_t port = 587;
  Security security = Security::starttls;
  std::string username{};  ///< empty: without authentication
  std::string password{};
  std::string ehlo_name{};  ///< letters, digits, dots and hyphens; empty: this machine's name
  core::Duration timeout = std::chrono::seconds{25};  ///< for one mail, the connecting included
};

/// One mail on its way. The addresses have no control characters: libcurl passes them on as they
/// are.
struct OutgoingMail {
  std::string sender;
  std::string recipient;
  std::string content;  ///< headers and body; lines end in CRLF
};

/// What became of it.
struct MailVerdict {
  enum class Kind {
    accepted,     ///< the server has taken it over
    later,        ///< the server is there and does not take it now (4xx)
    refused,      ///< the server will never take it (5xx)
    unreachable,  ///< no connection, no TLS, no login, no answer: whatever the mail
  };
  Kind kind;
  std::string error = {};  ///< a line: the server's words or libcurl's; may have addresses in it
};

/// Hands one mail to a mail server (RFC 5321), over a connection that may serve many. Used once.
///
/// libcurl waits for the answer to a whole mail without looking after the engine's other transfers:
/// give each connection an engine of its own.
class MailTransfer final : public Transfer {
 public:
  /// All of them outlive it; `sockets` outlives the engine too, which keeps connections.
  MailTransfer(const MailServer& server, const OutgoingMail& mail, OpenSockets& sockets)
      : server_(server), mail_(mail), sockets_(sockets) {}
  ~MailTransfer() override;

  void prepare(CURL* easy) override;
  void ended(CURL* easy, CURLcode result) override;

  /// To be asked when the transfer has ended.
  MailVerdict verdict(CURLcode result) const;

 private:
  static std::size_t give_content(char* to, std::size_t one, std::size_t size, void* self) noexcept;
  static std::size_t take_reply(char* line, std::size_t one, std::size_t size, void* self) noexcept;
  void prepare_security(CURL* easy) const;
  std::string url() const;

  const MailServer& server_;
  const OutgoingMail& mail_;
  OpenSockets& sockets_;
  curl_slist* recipients_ = nullptr;
  std::size_t given_ = 0;  ///< bytes of the content
  SmtpReplies replies_;
  bool connected_anew_ = false;
  long last_code_ = 0;  ///< that libcurl has looked at
  std::array<char, CURL_ERROR_SIZE> error_text_{};
};

}  // namespace orderflow::outbound
