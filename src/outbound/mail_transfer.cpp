#include "outbound/mail_transfer.hpp"

#include "core/c_border.hpp"
#include "core/readable_line.hpp"
#include "outbound/transfer.hpp"

#include <sys/socket.h>
#include <new>

namespace orderflow::outbound {
namespace {

/// The reply is about the server itself or our login, not about the mail: it closes (RFC 5321
/// §3.8), or it wants another login (RFC 4954 §6).
bool is_about_the_session(int code) noexcept {
  return code == 421 || code == 530 || code == 534 || code == 535 || code == 538;
}

/// libcurl keeps a connection whose last reply it has not waited for, and would take that for the
/// reply to the next mail. It checks whether a connection is alive before it uses it again.
void end_connection(CURL* easy) noexcept {
  curl_socket_t socket = CURL_SOCKET_BAD;
  if (curl_easy_getinfo(easy, CURLINFO_ACTIVESOCKET, &socket) == CURLE_OK &&
      socket != CURL_SOCKET_BAD) {
    ::shutdown(socket, SHUT_RDWR);
  }
}

}  // namespace

MailTransfer::~MailTransfer() {
  curl_slist_free_all(recipients_);
}

std::string MailTransfer::url() const {
  const bool is_v6 = server_.host.find(':') != std::string::npos;
  std::string url = server_.security == MailServer::Security::tls ? "smtps://" : "smtp://";
  url += is_v6 ? '[' + server_.host + ']' : server_.host;
  url += ':' + std::to_string(server_.port);
  if (!server_.ehlo_name.empty()) url += '/' + server_.ehlo_name;
  return url;
}

void MailTransfer::prepare_security(CURL* easy) const {
  const bool in_the_clear = server_.security == MailServer::Security::none;
  curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR,
                   server_.security == MailServer::Security::tls ? "smtps" : "smtp");
  curl_easy_setopt(easy, CURLOPT_USE_SSL,
                   static_cast<long>(in_the_clear ? CURLUSESSL_NONE : CURLUSESSL_ALL));
  if (server_.username.empty()) return;
  curl_easy_setopt(easy, CURLOPT_USERNAME, server_.username.c_str());
  curl_easy_setopt(easy, CURLOPT_PASSWORD, server_.password.c_str());
}

void MailTransfer::prepare(CURL* easy) {
  recipients_ = curl_slist_append(nullptr, mail_.recipient.c_str());
  if (recipients_ == nullptr) throw std::bad_alloc();
  const auto timeout = std::chrono::ceil<std::chrono::milliseconds>(server_.timeout);
  curl_easy_setopt(easy, CURLOPT_URL, url().c_str());
  prepare_security(easy);
  sockets_.watch(easy);
  curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, static_cast<long>(timeout.count()));
  curl_easy_setopt(easy, CURLOPT_SERVER_RESPONSE_TIMEOUT,
                   static_cast<long>(std::chrono::ceil<std::chrono::seconds>(timeout).count()));
  curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);
  curl_easy_setopt(easy, CURLOPT_MAIL_FROM, mail_.sender.c_str());
  curl_easy_setopt(easy, CURLOPT_MAIL_RCPT, recipients_);
  curl_easy_setopt(easy, CURLOPT_UPLOAD, 1L);
  curl_easy_setopt(easy, CURLOPT_INFILESIZE_LARGE, static_cast<curl_off_t>(mail_.content.size()));
  curl_easy_setopt(easy, CURLOPT_READFUNCTION, core::never_throws(give_content));
  curl_easy_setopt(easy, CURLOPT_READDATA, this);
  curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, core::never_throws(take_reply));
  curl_easy_setopt(easy, CURLOPT_HEADERDATA, this);
  curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, error_text_.data());
}

std::size_t MailTransfer::give_content(char* to, std::size_t one, std::size_t size,
                                       void* self) noexcept {
  return core::at_c_border(std::size_t{CURL_READFUNC_ABORT}, [&] {
    auto& transfer = *static_cast<MailTransfer*>(self);
    const std::string& content = transfer.mail_.content;
    const std::size_t length = content.copy(to, one * size, transfer.given_);
    transfer.given_ += length;
    return length;
  });
}

std::size_t MailTransfer::take_reply(char* line, std::size_t one, std::size_t size,
                                     void* self) noexcept {
  return core::at_c_border(std::size_t{0}, [&] {
    static_cast<MailTransfer*>(self)->replies_.add_line({line, one * size});
    return one * size;
  });
}

void MailTransfer::ended(CURL* easy, CURLcode result) {
  long connections = 0;
  curl_easy_getinfo(easy, CURLINFO_NUM_CONNECTS, &connections);
  connected_anew_ = connections > 0;
  curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &last_code_);
  if (result != CURLE_OK) end_connection(easy);
}

MailVerdict MailTransfer::verdict(CURLcode result) const {
  using Kind = MailVerdict::Kind;
  if (result == CURLE_OK) return {Kind::accepted};
  const std::string_view detail(error_text_.data());
  const std::string words = core::peer_text(detail.empty() ? curl_easy_strerror(result) : detail,
                                            TransferError::reason_bytes_max);
  const int code = replies_.refusal_code();
  // A refusal after which the exchange continued has not ended it: the connection broke.
  if (code == 0 || code != last_code_) return {Kind::unreachable, words};
  const std::string reply = "the server answered: " + replies_.refusal();
  const bool is_greeting = connected_anew_ && replies_.refused_at_once();
  const bool about_the_mail = result == CURLE_SEND_ERROR || result == CURLE_WEIRD_SERVER_REPLY;
  if (!about_the_mail || is_greeting || is_about_the_session(code)) {
    return {Kind::unreachable, reply};
  }
  return {code < 500 ? Kind::later : Kind::refused, reply};
}

}  // namespace orderflow::outbound
