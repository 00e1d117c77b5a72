#include "contracts.hpp"

#include "asyncapi_document.hpp"
#include "core/digest.hpp"
#include "openapi_document.hpp"

#include <algorithm>
#include <utility>

namespace orderflow::app {
namespace {

using boost::asio::awaitable;
using http::Request;
using http::Response;

constexpr std::size_t etag_length = 32;

/// Whether an If-None-Match holds the tag, compared weakly (RFC 9110 §13.1.2).
bool holds(std::string_view tags, std::string_view etag) {
  if (tags == "*") return true;
  while (!tags.empty()) {
    const std::size_t end = std::min(tags.find(','), tags.size());
    std::string_view tag = tags.substr(0, end);
    tags.remove_prefix(std::min(end + 1, tags.size()));
    while (tag.starts_with(' ') || tag.starts_with('\t'))
      tag.remove_prefix(1);
    while (tag.ends_with(' ') || tag.ends_with('\t'))
      tag.remove_suffix(1);
    if (tag.starts_with("W/")) tag.remove_prefix(2);
    if (tag == etag) return true;
  }
  return false;
}

Response answer(const Request& request, const Publication& publication) {
  Response response;
  response.headers = {{"ETag", publication.etag}, {"Cache-Control", "no-cache"}};
  if (holds(request.header("if-none-match").value_or(""), publication.etag)) {
    response.status = 304;
    return response;
  }
  response.content_type = publication.content_type;
  response.body = publication.body;
  return response;
}

std::string text_of(const nlohmann::ordered_json& document) {
  return document.dump(1) + "\n";
}

events::Catalog catalog_of(const std::vector<std::unique_ptr<host::Module>>& modules) {
  events::Catalog catalog;
  for (const auto& module : modules)
    module->describe(catalog);
  return catalog;
}

}  // namespace

Publication publication(std::string_view content_type, std::string body) {
  std::string etag = "\"" + core::sha256_hex(body).substr(0, etag_length) + "\"";
  return {std::string(content_type), std::move(body), std::move(etag)};
}

Contracts contracts_of(const http::Router& router, const events::Catalog& catalog) {
  constexpr std::string_view json = "application/json";
  const ApiDescriptions descriptions;
  const auto openapi = openapi_document(descriptions, catalog, router.routes());
  return {.openapi = publication(json, text_of(openapi)),
          .asyncapi = publication(json, text_of(asyncapi_document(descriptions, catalog)))};
}

void add_contract_routes(http::Router& router, const Contracts& contracts) {
  router.add(http::Method::get, "/openapi.json",
             [&contracts](Request& request) -> awaitable<Response> {
               co_return answer(request, contracts.openapi);
             });
  router.add(http::Method::get, "/asyncapi.json",
             [&contracts](Request& request) -> awaitable<Response> {
               co_return answer(request, contracts.asyncapi);
             });
}

std::string printed_openapi(const std::vector<std::unique_ptr<host::Module>>& modules) {
  return text_of(openapi_document(ApiDescriptions(), catalog_of(modules)));
}

std::string printed_asyncapi(const std::vector<std::unique_ptr<host::Module>>& modules) {
  return text_of(asyncapi_document(ApiDescriptions(), catalog_of(modules)));
}

}  // namespace orderflow::app
