#include "config/kind.hpp"

#include "config/text_check.hpp"
#include "core/json_document.hpp"

#include <charconv>
#include <cmath>
#include <string_view>
#include <system_error>
#include <utility>

namespace orderflow::config {
namespace {

using nlohmann::json;

constexpr int deepest_value_level = 32;

std::optional<Rejected> reject_unless(bool fits, const json& value) {
  if (fits) return std::nullopt;
  return Rejected{.at = {}, .value = value};
}

template <class Number>
json number_from_text(const std::string& text) {
  Number number{};
  const char* const end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, number);
  if (read.ec != std::errc{} || read.ptr != end) return text;
  return number;
}

bool fits_integer(const json& value, std::int64_t min, std::int64_t max) {
  if (!value.is_number_integer()) return false;
  constexpr auto largest = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  if (value.is_number_unsigned() && value.get<std::uint64_t>() > largest) return false;
  const auto number = value.get<std::int64_t>();
  return number >= min && number <= max;
}

std::string number_text(double number) {
  char text[32];
  const auto written = std::to_chars(text, text + sizeof text, number);
  return {text, written.ptr};
}

std::string_view trimmed(std::string_view text) noexcept {
  const std::size_t first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

json list_from_text(const std::string& text) {
  const std::string_view content = trimmed(text);
  if (content.starts_with('[')) {
    auto list = core::parse_json_document(content, deepest_value_level);
    return list ? *std::move(list) : json(text);
  }
  json list = json::array();
  for (std::size_t start = 0; !content.empty() && start <= content.size();) {
    const std::size_t comma = std::min(content.find(',', start), content.size());
    list.push_back(std::string(trimmed(content.substr(start, comma - start))));
    start = comma + 1;
  }
  return list;
}

json object_from_text(const std::string& text) {
  auto object = core::parse_json_document(text, deepest_value_level);
  return object && object->is_object() ? *std::move(object) : json(text);
}

nlohmann::ordered_json text_schema(const TextRule& rule) {
  if (!rule.allowed.empty()) return {{"enum", rule.allowed}};
  return {{"type", "string"},
          {"minLength", rule.min_length},
          {"maxLength", rule.max_length},
          {"pattern", "^[^\\u0000-\\u001f\\u007f]*$"}};
}

nlohmann::ordered_json integer_schema(std::int64_t min, std::int64_t max) {
  return {{"type", "integer"}, {"minimum", min}, {"maximum", max}};
}

Kind whole_number_kind(std::string what, std::int64_t min, std::int64_t max) {
  what += " from " + std::to_string(min) + " to " + std::to_string(max);
  return {.allowed = std::move(what),
          .from_text = number_from_text<std::int64_t>,
          .reject =
              [min, max](const json& value) {
                return reject_unless(fits_integer(value, min, max), value);
              },
          .schema = integer_schema(min, max)};
}

}  // namespace

Kind text_kind(const TextRule& rule) {
  return {.allowed = in_words("a text", rule),
          .from_text = [](const std::string& text) { return json(text); },
          .reject =
              [rule](const json& value) {
                return reject_unless(
                    value.is_string() && fits(value.get_ref<const std::string&>(), rule), value);
              },
          .schema = text_schema(rule)};
}

Kind integer_kind(std::int64_t min, std::int64_t max) {
  return whole_number_kind("a whole number", min, max);
}

Kind milliseconds_kind(std::int64_t min, std::int64_t max) {
  return whole_number_kind("a whole number of milliseconds", min, max);
}

Kind number_kind(double min, double max) {
  return {.allowed = "a number from " + number_text(min) + " to " + number_text(max),
          .from_text = number_from_text<double>,
          .reject =
              [min, max](const json& value) {
                const double number = value.is_number() ? value.get<double>() : std::nan("");
                return reject_unless(number >= min && number <= max, value);
              },
          .schema = {{"type", "number"}, {"minimum", min}, {"maximum", max}}};
}

Kind boolean_kind() {
  return {.allowed = "true or false",
          .from_text =
              [](const std::string& text) {
                if (text == "true" || text == "1") return json(true);
                if (text == "false" || text == "0") return json(false);
                return json(text);
              },
          .reject = [](const json& value) { return reject_unless(value.is_boolean(), value); },
          .schema = {{"type", "boolean"}}};
}

Kind texts_kind(const TextsRule& rule) {
  return {
      .allowed = "a list of " + std::to_string(rule.min_count) + " to " +
                 std::to_string(rule.max_count) + " items, each " + in_words("a text", rule.each),
      .from_text = list_from_text,
      .reject = [rule](const json& value) -> std::optional<Rejected> {
        if (!value.is_array() || value.size() < rule.min_count || value.size() > rule.max_count) {
          return Rejected{.at = {}, .value = value};
        }
        for (std::size_t i = 0; i < value.size(); ++i) {
          const json& item = value[i];
          if (item.is_string() && fits(item.get_ref<const std::string&>(), rule.each)) continue;
          return Rejected{.at = '[' + std::to_string(i) + ']', .value = item};
        }
        return std::nullopt;
      },
      .schema = {{"type", "array"},
                 {"minItems", rule.min_count},
                 {"maxItems", rule.max_count},
                 {"items", text_schema(rule.each)}}};
}

Kind text_or_texts_kind(const TextsRule& rule) {
  const Kind one = text_kind(rule.each);
  const Kind several = texts_kind(rule);
  return {.allowed = one.allowed + ", or " + several.allowed,
          .from_text = one.from_text,
          .reject =
              [one, several](const json& value) {
                return value.is_array() ? several.reject(value) : one.reject(value);
              },
          .schema = {{"anyOf", {one.schema, several.schema}}}};
}

Kind integers_kind(const IntegersRule& rule) {
  return {.allowed = "an object of at most " + std::to_string(rule.max_count) +
                     " entries, each named by " + in_words("a text", rule.name) +
                     " and holding a whole number from " + std::to_string(rule.min) + " to " +
                     std::to_string(rule.max),
          .from_text = object_from_text,
          .reject = [rule](const json& value) -> std::optional<Rejected> {
            if (!value.is_object() || value.size() > rule.max_count) {
              return Rejected{.at = {}, .value = value};
            }
            for (const auto& [name, number] : value.items()) {
              if (fits(name, rule.name) && fits_integer(number, rule.min, rule.max)) continue;
              return Rejected{.at = '.' + name, .value = number};
            }
            return std::nullopt;
          },
          .schema = {{"type", "object"},
                     {"maxProperties", rule.max_count},
                     {"propertyNames", text_schema(rule.name)},
                     {"additionalProperties", integer_schema(rule.min, rule.max)}}};
}

}  // namespace orderflow::config
