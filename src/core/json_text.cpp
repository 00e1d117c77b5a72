#include "core/json_text.hpp"

#include "core/json_string.hpp"

#include <nlohmann/json.hpp>

namespace orderflow::core {

void JsonText::append_string(std::string_view value) {
  append_json_string(text_, value);
}

void JsonText::append_number(double value) {
  text_ += nlohmann::json(value).dump();
}

}  // namespace orderflow::core
