#include "http/message/message.hpp"

#include <algorithm>

namespace orderflow::http {
namespace {

std::optional<std::string_view> first_value(const Fields& fields, std::string_view name) noexcept {
  const auto found = std::find_if(fields.begin(), fields.end(),
                                  [&](const auto& field) { return field.first == name; });
  if (found == fields.end()) return std::nullopt;
  return found->second;
}

}  // namespace

std::string_view to_string(Method method) noexcept {
  switch (method) {
    case Method::get:
      return "GET";
    case Method::head:
      return "HEAD";
    case Method::post:
      return "POST";
    case Method::put:
      return "PUT";
    case Method::patch:
      return "PATCH";
    case Method::del:
      return "DELETE";
  }
  return "";
}

std::optional<std::string_view> Request::header(std::string_view name) const noexcept {
  return first_value(headers, name);
}

std::optional<std::string_view> Request::query_value(std::string_view name) const noexcept {
  return first_value(query, name);
}

std::optional<std::string_view> Request::authority() const noexcept {
  if (!target_authority.empty()) return target_authority;
  return header("host");
}

std::string_view Request::path_value(std::string_view name) const noexcept {
  return first_value(path_parameters, name).value_or(std::string_view{});
}

}  // namespace orderflow::http
