#include "host/object_reader.hpp"

#include "core/json_pointer.hpp"
#include "core/readable_line.hpp"
#include "core/trace_context.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace orderflow::host {
namespace {

using nlohmann::json;

constexpr std::size_t id_length_max = 128;
constexpr std::size_t text_bytes_max = 256;

}  // namespace

ObjectReader::ObjectReader(const json& object, std::string pointer, core::FieldErrors& errors)
    : object_(object), pointer_(std::move(pointer)), errors_(errors) {}

void ObjectReader::reject_unknown(std::initializer_list<std::string_view> known) {
  for (const auto& [name, value] : object_.items()) {
    if (errors_.is_full()) return;
    if (std::ranges::find(known, name) == known.end()) fail(name, "is not a field of this object");
  }
}

std::string ObjectReader::id(std::string_view name, bool required) {
  const json* value = find(name, required);
  if (value == nullptr) return {};
  if (!value->is_string() ||
      !core::is_path_name(value->get_ref<const std::string&>(), id_length_max)) {
    fail(
        name,
        "must be a text of 1 to 128 visible ASCII characters, without spaces; not \".\" or \"..\"");
    return {};
  }
  return value->get<std::string>();
}

std::string ObjectReader::optional_text(std::string_view name) {
  const json* value = find(name, false);
  if (value == nullptr) return {};
  const bool fits = value->is_string() && !value->get_ref<const std::string&>().empty() &&
                    value->get_ref<const std::string&>().size() <= text_bytes_max &&
                    core::is_readable_line(value->get_ref<const std::string&>());
  if (fits) return value->get<std::string>();
  fail(name,
       "must be a text of 1 to 256 bytes without control characters and without marks that"
       " change the direction of text");
  return {};
}

std::optional<std::int64_t> ObjectReader::whole_number(std::string_view name, bool required,
                                                       std::int64_t min, std::int64_t max,
                                                       std::string_view rule) {
  const json* value = find(name, required);
  if (value == nullptr) return std::nullopt;
  const bool fits_64_bits =
      value->is_number_integer() &&
      !(value->is_number_unsigned() &&
        value->get<std::uint64_t>() >
            static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()));
  if (fits_64_bits) {
    const auto number = value->get<std::int64_t>();
    if (number >= min && number <= max) return number;
  }
  fail(name, std::string(rule));
  return std::nullopt;
}

const json* ObjectReader::find(std::string_view name, bool required) {
  const auto found = object_.find(name);
  if (found != object_.end() && !found->is_null()) return &*found;
  if (required) fail(name, "is required");
  return nullptr;
}

void ObjectReader::fail(std::string_view name, std::string detail) {
  errors_.push_back({core::pointer_to(pointer_, name), std::move(detail)});
}

}  // namespace orderflow::host
