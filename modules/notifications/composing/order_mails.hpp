#pragma once

#include "composing/mail_templates.hpp"
#include "composing/order_news.hpp"

#include <string>
#include <string_view>

namespace orderflow::notifications {

/// What a buyer reads.
struct MailText {
  std::string subject;
  std::string text;
  std::string html;
};

/// The words of every mail about an order, in the languages that there are templates in. Read by
/// all threads once made.
class OrderMails {
 public:
  /// `templates` outlive it. Throws `TemplateError` where a subject's template gives no subject for
  /// one of the cases of its kind.
  OrderMails(std::string_view shop, const MailTemplates& templates);

  /// The language that readers of `wanted` are written to in about a kind.
  const std::string& language_for(Kind kind, std::string_view wanted) const {
    return templates_.find(to_string(kind), wanted).language;
  }

  std::string subject(OrderNews news, std::string_view language) const;

  /// `unsubscribe_url` may be empty.
  MailText compose(OrderNews news, std::string_view language,
                   const std::string& unsubscribe_url) const;

 private:
  void complete(TemplateData& data, const std::string& unsubscribe_url) const;

  std::string shop_;
  const MailTemplates& templates_;
};

}  // namespace orderflow::notifications
