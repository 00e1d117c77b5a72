#include "core/field_error.hpp"

#include <string_view>
#include <utility>

namespace orderflow::core {
namespace {

constexpr std::string_view cut_mark = "…";

void cut(std::string& text) {
  if (text.size() <= FieldErrors::text_bytes_max) return;
  std::size_t end = FieldErrors::text_bytes_max - cut_mark.size();
  // Not within a character of several octets.
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0U) == 0x80U)
    --end;
  text.resize(end);
  text += cut_mark;
}

}  // namespace

void FieldErrors::push_back(FieldError error) {
  if (is_full()) return;
  cut(error.pointer);
  cut(error.detail);
  bytes_ += error.pointer.size() + error.detail.size();
  errors_.push_back(std::move(error));
}

}  // namespace orderflow::core
