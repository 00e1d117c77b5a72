#include "module.hpp"

#include "accepted_encoding.hpp"
#include "embedded_files.hpp"
#include "http/message/problem.hpp"

#include <boost/asio/awaitable.hpp>

#include <algorithm>
#include <string>
#include <string_view>

namespace orderflow::console {
namespace {

using http::Request;
using http::Response;

/// Scripts and styles of this origin alone, none in the page itself; requests to this origin alone;
/// no frames around it or in it; and no text becomes markup but through the one policy that shows
/// mails.
constexpr const char* content_security_policy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types orderflow-mail";

const EmbeddedFile* find(std::string_view path) noexcept {
  const auto files = embedded_files();
  const auto file = std::ranges::find(files, path, &EmbeddedFile::path);
  return file == files.end() ? nullptr : &*file;
}

Response not_found(const Request& request) {
  const http::Problem problem{404, "file-not-found", "There is no such file",
                              "The page has no file " + std::string(request.path_value("file")) +
                                  "; a page of another version may."};
  return http::problem_response(request, problem);
}

Response not_acceptable(const Request& request) {
  const http::Problem problem{406, "encoding-not-acceptable", "The page is there compressed only",
                              "Send Accept-Encoding: br or gzip; curl does with --compressed."};
  Response response = http::problem_response(request, problem);
  response.headers.emplace_back("Vary", "Accept-Encoding");
  return response;
}

Response answer(const EmbeddedFile& file, const Request& request) {
  const auto encoding = accepted_encoding(request.header("accept-encoding"));
  if (!encoding) return not_acceptable(request);
  const bool brotli = *encoding == Encoding::brotli;
  Response response;
  response.content_type = file.content_type;
  response.body = brotli ? file.brotli : file.gzip;
  response.headers = {
      {"Content-Encoding", brotli ? "br" : "gzip"},
      {"Vary", "Accept-Encoding"},
      {"Cache-Control", file.path == "/" ? "no-cache" : "public, max-age=31536000, immutable"},
      {"Cross-Origin-Resource-Policy", "same-origin"}};
  if (file.path == "/") {
    response.headers.emplace_back("Content-Security-Policy", content_security_policy);
    response.headers.emplace_back("Referrer-Policy", "no-referrer");
    response.headers.emplace_back("X-Frame-Options", "DENY");
    response.headers.emplace_back("Cross-Origin-Opener-Policy", "same-origin");
    response.headers.emplace_back("Permissions-Policy",
                                  "camera=(), geolocation=(), microphone=(), payment=(), usb=()");
  }
  return response;
}

}  // namespace

bool add_page(http::Router& router) {
  if (embedded_files().empty()) return false;
  router.add(http::Method::get, "/", http::Access::open,
             [](Request& request) -> boost::asio::awaitable<Response> {
               co_return answer(*find("/"), request);
             });
  router.add(http::Method::get, "/console/{file}", http::Access::open,
             [](Request& request) -> boost::asio::awaitable<Response> {
               const std::string path = "/console/" + std::string(request.path_value("file"));
               const EmbeddedFile* file = find(path);
               co_return file ? answer(*file, request) : not_found(request);
             });
  return true;
}

}  // namespace orderflow::console
