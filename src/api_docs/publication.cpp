#include "api_docs/publication.hpp"

#include "core/digest.hpp"

#include <utility>

namespace orderflow::api_docs {
namespace {

constexpr std::size_t etag_length = 32;

}  // namespace

Publication publication(std::string_view content_type, std::string body, http::Fields headers) {
  std::string etag = "\"" + core::sha256_hex(body).substr(0, etag_length) + "\"";
  return {std::string(content_type), std::move(body), std::move(etag), std::move(headers)};
}

http::Response answer(const Publication& publication) {
  http::Response response;
  response.headers = publication.headers;
  response.headers.emplace_back("ETag", publication.etag);
  response.headers.emplace_back("Cache-Control", "no-cache");
  response.content_type = publication.content_type;
  response.body = publication.body;
  return response;
}

}  // namespace orderflow::api_docs
