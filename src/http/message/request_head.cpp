#include "http/message/request_head.hpp"

#include <boost/beast/http/basic_parser.hpp>

#include <limits>
#include <string>

namespace orderflow::http {
namespace {

namespace beast = boost::beast;
using beast::error_code;

constexpr std::string_view section_end = "\r\n\r\n";

std::optional<Method> method_of(std::string_view token) noexcept {
  for (const Method method :
       {Method::get, Method::head, Method::post, Method::put, Method::patch, Method::del}) {
    if (to_string(method) == token) return method;
  }
  return std::nullopt;
}

/// Beast's parser, writing straight into our types: no allocation but theirs.
class HeadParser final : public beast::http::basic_parser<true> {
 public:
  HeadParser(RequestHead& head, Request& request) : head_(head), request_(request) {}

 private:
  void on_request_impl(beast::http::verb, beast::string_view method, beast::string_view target,
                       int version, error_code&) override {
    head_.method.assign(method.data(), method.size());
    if (const auto known = method_of(head_.method)) {
      request_.method = *known;
      head_.method_known = true;
    }
    request_.target.assign(target.data(), target.size());
    head_.http_1_0 = version == 10;
  }

  void on_field_impl(beast::http::field, beast::string_view name, beast::string_view value,
                     error_code&) override {
    auto& field = request_.headers.emplace_back(std::string(name.data(), name.size()),
                                                std::string(value.data(), value.size()));
    for (char& c : field.first) {
      if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
  }

  void on_response_impl(int, beast::string_view, int, error_code&) override {}
  void on_header_impl(error_code&) override {}
  void on_body_init_impl(const boost::optional<std::uint64_t>&, error_code&) override {}
  std::size_t on_body_impl(beast::string_view, error_code&) override { return 0; }
  void on_chunk_header_impl(std::uint64_t, beast::string_view, error_code&) override {}
  std::size_t on_chunk_body_impl(std::uint64_t, beast::string_view, error_code&) override {
    return 0;
  }
  void on_finish_impl(error_code&) override {}

  RequestHead& head_;
  Request& request_;
};

/// True where the request line ends in a version, of whichever number.
bool names_a_version(std::string_view section) noexcept {
  constexpr std::string_view shape = "HTTP/0.0";
  const std::string_view line = section.substr(0, section.find("\r\n"));
  if (line.size() < shape.size()) return false;
  const std::string_view version = line.substr(line.size() - shape.size());
  for (std::size_t i = 0; i < shape.size(); ++i) {
    const bool digit = version[i] >= '0' && version[i] <= '9';
    if (shape[i] == '0' ? !digit : version[i] != shape[i]) return false;
  }
  return true;
}

/// The position of a minor version above 1 in a request line: HTTP/1.1 may ignore what it does not
/// know of it, so the request is read as HTTP/1.1 (RFC 9110 §2.5). Nothing for others.
std::optional<std::size_t> later_minor_version(std::string_view section) noexcept {
  if (!names_a_version(section)) return std::nullopt;
  const std::size_t minor = section.find("\r\n") - 1;
  if (section[minor - 2] != '1' || section[minor] < '2') return std::nullopt;
  return minor;
}

}  // namespace

std::optional<std::size_t> find_head_end(std::string_view received, std::size_t searched) noexcept {
  // The end may overlap what was searched before.
  const std::size_t from = searched > section_end.size() ? searched - section_end.size() : 0;
  const std::size_t end = received.find(section_end, from);
  if (end == std::string_view::npos) return std::nullopt;
  return end + section_end.size();
}

bool may_begin_request(std::string_view received) noexcept {
  return received.empty() || received == "\r" ||
         (received.front() > 0x20 && received.front() < 0x7f);
}

std::optional<HeadError> parse_head(std::string_view section, RequestHead& head, Request& request) {
  std::string as_1_1;
  if (const auto minor = later_minor_version(section)) {
    as_1_1 = section;
    as_1_1[*minor] = '1';
    section = as_1_1;
  }
  request.headers.reserve(16);
  HeadParser parser(head, request);
  parser.header_limit(std::numeric_limits<std::uint32_t>::max());
  parser.body_limit(boost::none);
  error_code error;
  parser.put(boost::asio::buffer(section), error);
  if (error == beast::http::error::bad_version && names_a_version(section))
    return HeadError::version_not_supported;
  if (error || !parser.is_header_done()) return HeadError::malformed;
  head.keep_alive = parser.keep_alive();
  head.folded = section.find("\r\n ") != std::string_view::npos ||
                section.find("\r\n\t") != std::string_view::npos;
  return std::nullopt;
}

}  // namespace orderflow::http
