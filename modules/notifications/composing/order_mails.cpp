#include "composing/order_mails.hpp"

#include "composing/template_kinds.hpp"

#include <utility>
#include <vector>

namespace orderflow::notifications {
namespace {

/// One line: what the template breaks stands with blanks between.
std::string one_line(std::string_view text) {
  std::string line;
  for (const char c : text) {
    const bool is_blank = c == '\n' || c == '\r' || c == '\t' || c == ' ';
    if (!is_blank) {
      line += c;
    } else if (!line.empty() && line.back() != ' ') {
      line += ' ';
    }
  }
  if (line.ends_with(' ')) line.pop_back();
  return line;
}

}  // namespace

OrderMails::OrderMails(std::string_view shop, const MailTemplates& templates)
    : shop_(shop), templates_(templates) {
  for (const Kind kind : all_kinds) {
    for (const auto& [language, set] : templates.of_kind(to_string(kind))) {
      for (const std::string_view one : find_template_kind(to_string(kind))->cases) {
        if (!subject(sample_news(kind, one, language), language).empty()) continue;
        throw TemplateError(set.parts.find("subject")->second.title + ": gives no subject for \"" +
                            std::string(one) + '"');
      }
    }
  }
}

void OrderMails::complete(TemplateData& data, const std::string& unsubscribe_url) const {
  data.fields.emplace_back("shop", shop_);
  std::vector<Fields> unsubscribe;
  if (!unsubscribe_url.empty()) unsubscribe.push_back({{"url", unsubscribe_url}});
  data.sections.emplace_back("unsubscribe", std::move(unsubscribe));
}

std::string OrderMails::subject(OrderNews news, std::string_view language) const {
  complete(news.data, {});
  return one_line(templates_.find(to_string(news.kind), language).render("subject", news.data));
}

MailText OrderMails::compose(OrderNews news, std::string_view language,
                             const std::string& unsubscribe_url) const {
  complete(news.data, unsubscribe_url);
  const TemplateSet& set = templates_.find(to_string(news.kind), language);
  return {.subject = one_line(set.render("subject", news.data)),
          .text = set.render("txt", news.data),
          .html = set.render("html", news.data)};
}

}  // namespace orderflow::notifications
