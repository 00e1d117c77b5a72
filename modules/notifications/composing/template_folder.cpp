#include "composing/template_folder.hpp"

#include "composing/embedded_templates.hpp"
#include "composing/language.hpp"
#include "composing/template_kinds.hpp"
#include "core/utf8.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <system_error>

namespace orderflow::notifications {
namespace {

constexpr std::uintmax_t file_size_max = std::uintmax_t{256} << 10;
constexpr std::size_t files_max = 1000;

bool is_passed_over(const std::string& name) noexcept {
  return name.starts_with('.') || name.ends_with('~');
}

TemplateSource read(const std::filesystem::path& file) {
  TemplateSource source{.name = file.filename().string(), .title = file.string(), .text = {}};
  static_cast<void>(parse_template_name(source));
  std::error_code error;
  const auto size = std::filesystem::file_size(file, error);
  if (error) throw TemplateError(source.title + ": " + error.message());
  if (size > file_size_max) throw TemplateError(source.title + ": has more than 256 KiB");
  std::ifstream stream(file, std::ios::binary);
  source.text.assign(std::istreambuf_iterator<char>(stream), {});
  if (!stream.is_open() || stream.bad()) throw TemplateError(source.title + ": cannot be read");
  if (!core::is_utf8(source.text)) throw TemplateError(source.title + ": is not UTF-8");
  return source;
}

std::string known_kinds() {
  std::string words;
  for (const TemplateKind& kind : template_kinds()) {
    if (!words.empty()) words += ", ";
    words += kind.name;
  }
  return words;
}

}  // namespace

TemplateName parse_template_name(const TemplateSource& source) {
  const std::size_t first = source.name.find('.');
  const std::size_t last = source.name.rfind('.');
  if (first == std::string::npos || first == last) {
    throw TemplateError(source.title +
                        ": a template is named <kind>.<language>.<part>, such as "
                        "order_outcome.de.html");
  }
  TemplateName name{.kind = source.name.substr(0, first),
                    .language = source.name.substr(first + 1, last - first - 1),
                    .part = source.name.substr(last + 1)};
  const TemplateKind* kind = find_template_kind(name.kind);
  if (kind == nullptr) {
    throw TemplateError(source.title + ": there is no kind " + name.kind + "; there are " +
                        known_kinds());
  }
  if (!is_language(name.language)) {
    throw TemplateError(source.title + ": " + name.language +
                        " is not a language, such as de or pt-BR");
  }
  if (std::ranges::find(kind->parts, name.part) == kind->parts.end()) {
    std::string parts;
    for (const std::string_view part : kind->parts)
      parts.append(parts.empty() ? "" : ", ").append(part);
    throw TemplateError(source.title + ": of " + name.kind + " there is no ." + name.part +
                        "; there are " + parts);
  }
  return name;
}

std::vector<TemplateSource> find_templates(const std::filesystem::path& folder) {
  std::vector<TemplateSource> sources;
  for (const EmbeddedTemplate& one : embedded_templates()) {
    sources.push_back({.name = std::string(one.name),
                       .title = std::string(one.name),
                       .text = std::string(one.text)});
  }
  if (folder.empty()) return sources;

  std::error_code error;
  std::vector<std::filesystem::path> files;
  for (std::filesystem::directory_iterator entry(folder, error), end; !error && entry != end;
       entry.increment(error)) {
    if (is_passed_over(entry->path().filename().string())) continue;
    if (files.size() == files_max) {
      throw TemplateError(folder.string() + ": has more than " + std::to_string(files_max) +
                          " files");
    }
    files.push_back(entry->path());
  }
  if (error) throw TemplateError(folder.string() + ": " + error.message());
  std::ranges::sort(files);
  for (const std::filesystem::path& file : files)
    sources.push_back(read(file));
  return sources;
}

}  // namespace orderflow::notifications
