#include "mail_answer.hpp"

#include "mail/mail_format.hpp"

#include <utility>

namespace orderflow::notifications {

std::string read_mail_format(const http::Request& request, core::FieldErrors& errors) {
  std::string format(request.query_value("format").value_or("html"));
  if (format != "html" && format != "text" && format != "mail") {
    errors.push_back({"format", "must be html, text or mail"});
  }
  return format;
}

http::Response mail_answer(Message message, const std::string& format, const std::string& language,
                           const Sender& sender) {
  http::Response response;
  response.headers = {{"Content-Language", language}};
  if (format == "html") {
    response.headers.emplace_back("Content-Security-Policy",
                                  "default-src 'none'; style-src 'unsafe-inline'; img-src data:; "
                                  "frame-ancestors 'none'; sandbox");
    response.content_type = "text/html; charset=utf-8";
    response.body = std::move(message.html);
  } else if (format == "text") {
    response.content_type = "text/plain; charset=utf-8";
    response.body = std::move(message.text);
  } else {
    auto mail = format_mail(message, sender);
    response.content_type = "message/rfc822";
    response.body = mail ? *std::move(mail) : mail.error().reason;
  }
  return response;
}

}  // namespace orderflow::notifications
