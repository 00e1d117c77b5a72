#include "core/field_error.hpp"

#include "core/utf8.hpp"

#include <string_view>
#include <utility>

namespace orderflow::core {
namespace {

constexpr std::string_view cut_mark = "…";

void cut(std::string& text) {
  if (text.size() <= FieldErrors::text_bytes_max) return;
  text.resize(cut_between_characters(text, FieldErrors::text_bytes_max - cut_mark.size()).size());
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
