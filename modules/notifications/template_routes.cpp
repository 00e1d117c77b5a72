#include "template_routes.hpp"

#include "composing/language.hpp"
#include "composing/template_kinds.hpp"
#include "host/json_body.hpp"
#include "host/page.hpp"
#include "http/message/problem.hpp"
#include "mail_answer.hpp"
#include "orders/contract/scopes.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace orderflow::notifications {
namespace {

using boost::asio::awaitable;
using http::Request;
using http::Response;

nlohmann::json document_of(const TemplateKind& kind, const MailTemplates& templates) {
  nlohmann::json document{{"kind", kind.name},
                          {"variables", kind.names.fields},
                          {"sections", nlohmann::json::object()},
                          {"cases", kind.cases},
                          {"languages", nlohmann::json::object()}};
  for (const TemplateNames::Section& section : kind.names.sections) {
    document["sections"][std::string(section.name)] = section.fields;
  }
  for (const auto& [language, set] : templates.of_kind(kind.name)) {
    nlohmann::json& parts = document["languages"][language];
    for (const auto& [part, one] : set.parts)
      parts[part] = one.title;
  }
  return document;
}

Response list_templates(const MailTemplates& templates, const Request& request) {
  core::FieldErrors errors;
  host::reject_unknown_parameters(request, {}, errors);
  if (!errors.empty()) return host::bad_parameters(request, std::move(errors));
  nlohmann::json document{{"defaultLanguage", templates.default_language()},
                          {"templates", nlohmann::json::array()}};
  for (const TemplateKind& kind : template_kinds())
    document["templates"].push_back(document_of(kind, templates));
  return host::json_response(200, document);
}

/// What a preview is asked for.
struct PreviewQuery {
  Kind kind;
  std::string language;
  std::string format;
  std::string case_name;
};

PreviewQuery read_query(Kind kind, const MailTemplates& templates, const Request& request,
                        core::FieldErrors& errors) {
  host::reject_unknown_parameters(request, {"language", "format", "case"}, errors);
  const auto& cases = find_template_kind(to_string(kind))->cases;
  PreviewQuery query{.kind = kind,
                     .language = std::string(
                         request.query_value("language").value_or(templates.default_language())),
                     .format = read_mail_format(request, errors),
                     .case_name = std::string(request.query_value("case").value_or(cases.front()))};
  if (!is_language(query.language)) {
    errors.push_back({"language", "must be a language, such as de or pt-BR"});
  }
  if (std::ranges::find(cases, query.case_name) == cases.end()) {
    std::string names;
    for (const std::string_view one : cases)
      names.append(names.empty() ? "" : ", ").append(one);
    errors.push_back({"case", "must be one of " + names});
  }
  return query;
}

/// A mail as it would be sent, to nobody.
Message sample_message(MailText text, const std::string& link) {
  return {.id = NotificationId{*core::Uuid::parse("01900000-0000-7000-8000-000000000002")},
          .recipient = "reader@example.com",
          .subject = std::move(text.subject),
          .text = std::move(text.text),
          .html = std::move(text.html),
          .date = core::from_micros(1'767'265'200'000'000),
          .correlation_id = "preview",
          .traceparent = {},
          .unsubscribe_url = link};
}

Response preview(const PreviewQuery& query, const OrderMails& mails, const Sender& sender) {
  const std::string link = "https://example.com/unsubscribe";
  const std::string& language = mails.language_for(query.kind, query.language);
  MailText text = mails.compose(sample_news(query.kind, query.case_name, language), language, link);
  return mail_answer(sample_message(std::move(text), link), query.format, language, sender);
}

Response show_preview(const MailTemplates& templates, const OrderMails& mails, const Sender& sender,
                      const Request& request) {
  const auto kind = parse_kind(request.path_value("kind"));
  if (!kind) {
    const http::Problem problem{
        404, "template-not-found", "No such template",
        "There is no kind of mail named " + std::string(request.path_value("kind"))};
    return http::problem_response(request, problem);
  }
  core::FieldErrors errors;
  const PreviewQuery query = read_query(*kind, templates, request, errors);
  if (!errors.empty()) return host::bad_parameters(request, std::move(errors));
  return preview(query, mails, sender);
}

}  // namespace

void add_template_routes(host::Host& host, const MailTemplates& templates, const OrderMails& mails,
                         const Sender& sender) {
  host.route(http::Method::get, "/v1/notifications/templates", orders::read_scope,
             [&templates](Request& request) -> awaitable<Response> {
               co_return list_templates(templates, request);
             });
  host.route(http::Method::get, "/v1/notifications/templates/{kind}/preview", orders::read_scope,
             [&templates, &mails, sender](Request& request) -> awaitable<Response> {
               co_return show_preview(templates, mails, sender, request);
             });
}

}  // namespace orderflow::notifications
