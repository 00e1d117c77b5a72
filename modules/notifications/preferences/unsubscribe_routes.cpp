#include "preferences/unsubscribe_routes.hpp"

#include "composing/template_kinds.hpp"
#include "preferences/preference_store.hpp"
#include "preferences/unsubscribe_links.hpp"

#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace orderflow::notifications {
namespace {

using boost::asio::awaitable;
using http::Request;
using http::Response;

/// Shows the page.
class UnsubscribePage {
 public:
  UnsubscribePage(const MailTemplates& templates, std::string shop)
      : templates_(templates), shop_(std::move(shop)) {}

  /// `step` is one of the page's cases.
  Response show(unsigned status, std::string_view step,
                const std::optional<Unsubscription>& unsubscription,
                std::string_view language) const {
    TemplateData data{.fields = {{"shop", shop_}}, .sections = {}};
    const std::string_view kind = unsubscription ? to_string(unsubscription->kind) : "";
    for (const auto& section : find_template_kind(unsubscribe_page)->names.sections) {
      const bool is_shown = section.name == step || section.name == kind;
      data.sections.emplace_back(section.name, std::vector<Fields>(is_shown ? 1 : 0));
    }
    Response response;
    response.status = status;
    response.content_type = "text/html; charset=utf-8";
    response.headers = {{"Content-Security-Policy",
                         "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; "
                         "frame-ancestors 'none'; base-uri 'none'"},
                        // The address is the key to it: it goes to no other site.
                        {"Referrer-Policy", "same-origin"}};
    response.body = templates_.find(unsubscribe_page, language).render("html", data);
    return response;
  }

 private:
  const MailTemplates& templates_;
  std::string shop_;
};

/// A token's meaning, and the language of its user.
struct Reading {
  std::optional<Unsubscription> unsubscription;
  std::string language;
};

Reading read(const host::Host& host, const Request& request) {
  return host.read([&](storage::Session session) {
    Reading reading{.unsubscription = UnsubscribeLinks::read(session, request.path_value("token")),
                    .language = {}};
    if (reading.unsubscription) {
      reading.language = PreferenceStore(session).find(reading.unsubscription->user_id).language;
    }
    return reading;
  });
}

Response show(const host::Host& host, const UnsubscribePage& page, const Request& request) {
  const Reading reading = read(host, request);
  if (!reading.unsubscription) return page.show(404, "unknown", std::nullopt, {});
  return page.show(200, "ask", reading.unsubscription, reading.language);
}

awaitable<Response> unsubscribe(const host::Host& host, const UnsubscribePage& page,
                                const Request& request) {
  const Reading reading = read(host, request);
  if (!reading.unsubscription) co_return page.show(404, "unknown", std::nullopt, {});
  auto refuse = [&](events::Turn& turn) {
    PreferenceStore(turn.db()).refuse(reading.unsubscription->user_id, reading.unsubscription->kind,
                                      turn.now());
  };
  co_await host.write(request, refuse);
  co_return page.show(200, "done", reading.unsubscription, reading.language);
}

}  // namespace

void add_unsubscribe_routes(host::Host& host, const MailTemplates& templates, std::string shop) {
  const std::string pattern = std::string(UnsubscribeLinks::path) + "{token}";
  const UnsubscribePage page(templates, std::move(shop));
  host.route(http::Method::get, pattern, http::Access::open,
             [&host, page](Request& request) -> awaitable<Response> {
               co_return show(host, page, request);
             });
  host.route(http::Method::post, pattern, http::Access::open,
             [&host, page](Request& request) { return unsubscribe(host, page, request); },
             {.accepts = http::Accepts::anything});
}

}  // namespace orderflow::notifications
