#include "api_docs/reference_routes.hpp"

#include "api_docs/embedded_texts.hpp"
#include "api_docs/publication.hpp"

#include <memory>
#include <string>

namespace orderflow::api_docs {
namespace {

constexpr const char* policy =
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'";

std::string_view type_of(std::string_view path) {
  if (path.ends_with(".css")) return "text/css; charset=utf-8";
  if (path.ends_with(".js")) return "text/javascript; charset=utf-8";
  return "text/html; charset=utf-8";
}

}  // namespace

void add_reference_routes(http::Router& router) {
  for (const EmbeddedText& page : embedded_pages()) {
    const auto file = std::make_shared<const Publication>(
        publication(type_of(page.path), std::string(page.text),
                    {{"Content-Security-Policy", policy}, {"Referrer-Policy", "no-referrer"}}));
    const std::string name(page.path.substr(page.path.rfind('/')));
    router.add(http::Method::get, name.ends_with(".html") ? "/docs" : "/docs" + name,
               http::Access::open,
               [file](http::Request&) -> boost::asio::awaitable<http::Response> {
                 co_return answer(*file);
               });
  }
}

}  // namespace orderflow::api_docs
