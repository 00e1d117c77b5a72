#include "composing/template.hpp"

#include "core/readable_line.hpp"

#include <algorithm>
#include <cstddef>
#include <optional>

namespace orderflow::notifications {
namespace {

/// Of one value; far above what an order may name.
constexpr std::size_t value_bytes_max = 4096;

template <class Values>
const typename Values::value_type::second_type* find(const Values& values, std::string_view name) {
  const auto found = std::ranges::find(values, name, [](const auto& value) { return value.first; });
  return found == values.end() ? nullptr : &found->second;
}

bool contains(const std::vector<std::string_view>& names, std::string_view name) {
  return std::ranges::find(names, name) != names.end();
}

std::string_view html_reference(char c) noexcept {
  switch (c) {
    case '&':
      return "&amp;";
    case '<':
      return "&lt;";
    case '>':
      return "&gt;";
    case '"':
      return "&quot;";
    case '\'':
      return "&#39;";
    default:
      return {};
  }
}

void append_escaped(std::string& out, std::string_view value, Template::Escape escape) {
  for (const char c : core::peer_text(value, value_bytes_max)) {
    const auto reference = escape == Template::Escape::html ? html_reference(c) : "";
    if (reference.empty()) {
      out += c;
    } else {
      out += reference;
    }
  }
}

void append_braced(std::string& words, std::string_view sign, std::string_view name) {
  words.append("{{").append(sign).append(name).append("}}");
}

}  // namespace

std::string TemplateNames::in_words() const {
  std::string words;
  for (const std::string_view field : fields) {
    if (!words.empty()) words += ", ";
    append_braced(words, "", field);
  }
  for (const Section& section : sections) {
    if (!words.empty()) words += ", ";
    append_braced(words, "#", section.name);
    for (const std::string_view& field : section.fields) {
      words += &field == &section.fields.front() ? " with " : " ";
      append_braced(words, "", field);
    }
  }
  return words;
}

/// Reads a template's text once, from its beginning to its end.
class TemplateParser {
 public:
  TemplateParser(std::string_view title, std::string_view text, const TemplateNames& names,
                 std::vector<Template::Part>& parts)
      : title_(title), text_(text), names_(names), parts_(parts) {}

  void parse() {
    for (;;) {
      const std::size_t tag = text_.find("{{", at_);
      if (tag == std::string_view::npos) break;
      const std::size_t end = text_.find("}}", tag);
      if (end == std::string_view::npos) fail(tag, "{{ without }}");
      read_tag(tag, end + 2);
    }
    if (section_) fail(text_.size(), "{{#" + std::string(section_->name) + "}} is not closed");
    add_literal(text_.size());
  }

 private:
  using Kind = Template::Part::Kind;

  void read_tag(std::size_t begin, std::size_t end) {
    const std::string_view name = text_.substr(begin + 2, end - begin - 4);
    if (!name.starts_with('#') && !name.starts_with('/')) {
      read_field(begin, end, name);
      return;
    }
    const std::size_t line_begin = begin_of_own_line(begin, end);
    const bool has_own_line = line_begin != std::string_view::npos;
    add_literal(has_own_line ? line_begin : begin);
    name.starts_with('#') ? open_section(begin, name.substr(1))
                          : close_section(begin, name.substr(1));
    at_ = has_own_line ? std::min(text_.find('\n', end), text_.size() - 1) + 1 : end;
  }

  void read_field(std::size_t begin, std::size_t end, std::string_view name) {
    const bool known =
        contains(names_.fields, name) || (section_ && contains(section_->fields, name));
    if (!known) fail_unknown(begin, "name {{" + std::string(name) + "}}");
    add_literal(begin);
    parts_.push_back({Kind::field, std::string(name)});
    at_ = end;
  }

  void open_section(std::size_t at, std::string_view name) {
    if (section_) fail(at, "{{#" + std::string(name) + "}} within another section");
    const auto found = std::ranges::find(names_.sections, name, &TemplateNames::Section::name);
    if (found == names_.sections.end()) fail_unknown(at, "section {{#" + std::string(name) + "}}");
    section_ = *found;
    section_part_ = parts_.size();
    parts_.push_back({Kind::section, std::string(name)});
  }

  void close_section(std::size_t at, std::string_view name) {
    if (!section_ || section_->name != name) {
      fail(at, "{{/" + std::string(name) + "}} closes nothing");
    }
    parts_[section_part_].end = parts_.size();
    section_.reset();
  }

  void add_literal(std::size_t end) {
    if (end > at_) parts_.push_back({Kind::literal, std::string(text_.substr(at_, end - at_))});
    at_ = end;
  }

  /// Where the tag's line begins, if nothing but blanks stands beside the tag.
  std::size_t begin_of_own_line(std::size_t begin, std::size_t end) const noexcept {
    const std::size_t line_end = std::min(text_.find('\n', end), text_.size());
    const std::size_t before = begin == 0 ? std::string_view::npos : text_.rfind('\n', begin - 1);
    const std::size_t line_begin = before == std::string_view::npos ? 0 : before + 1;
    const auto is_blank = [&](std::size_t from, std::size_t to) {
      return text_.substr(from, to - from).find_first_not_of(" \t") == std::string_view::npos;
    };
    const bool alone = line_begin >= at_ && is_blank(line_begin, begin) && is_blank(end, line_end);
    return alone ? line_begin : std::string_view::npos;
  }

  [[noreturn]] void fail_unknown(std::size_t at, const std::string& what) const {
    fail(at, "unknown " + what + "; there are " + names_.in_words());
  }

  [[noreturn]] void fail(std::size_t at, const std::string& reason) const {
    const auto line = 1 + std::ranges::count(text_.substr(0, at), '\n');
    throw TemplateError(std::string(title_) + ":" + std::to_string(line) + ": " + reason);
  }

  std::string_view title_;
  std::string_view text_;
  const TemplateNames& names_;
  std::vector<Template::Part>& parts_;
  std::size_t at_ = 0;  ///< all before is in the parts
  std::optional<TemplateNames::Section> section_;
  std::size_t section_part_ = 0;
};

Template::Template(std::string_view title, std::string_view text, Escape escape,
                   const TemplateNames& names)
    : escape_(escape) {
  TemplateParser(title, text, names, parts_).parse();
}

std::string Template::render(const TemplateData& data) const {
  std::string out;
  out.reserve(4096);
  render_parts(0, parts_.size(), data, nullptr, out);
  return out;
}

void Template::render_parts(std::size_t begin, std::size_t end, const TemplateData& data,
                            const Fields* entry, std::string& out) const {
  for (std::size_t i = begin; i < end; ++i) {
    const Part& part = parts_[i];
    if (part.kind == Part::Kind::literal) {
      out += part.text;
    } else if (part.kind == Part::Kind::field) {
      const std::string* value = entry != nullptr ? find(*entry, part.text) : nullptr;
      if (value == nullptr) value = find(data.fields, part.text);
      if (value == nullptr) throw std::out_of_range("no value for {{" + part.text + "}}");
      append_escaped(out, *value, escape_);
    } else {
      const auto* entries = find(data.sections, part.text);
      if (entries == nullptr) throw std::out_of_range("no section {{#" + part.text + "}}");
      for (const Fields& one : *entries)
        render_parts(i + 1, part.end, data, &one, out);
      i = part.end - 1;
    }
  }
}

}  // namespace orderflow::notifications
