#include "cli/printing.hpp"

#include "cli/shown_text.hpp"
#include "core/secret_text.hpp"

#include <unistd.h>
#include <cstdio>

namespace orderflow::cli {
namespace {

template <class Document>
std::string text_of(const Document& document, int indent) {
  return document.dump(indent, ' ', ::isatty(STDOUT_FILENO) == 1,
                       Document::error_handler_t::replace) +
         "\n";
}

}  // namespace

void print_json(const nlohmann::json& document) {
  print(text_of(document, 2));
}

void print_json(const nlohmann::ordered_json& document) {
  print(text_of(document, 2));
}

void print_json_line(const nlohmann::json& document) {
  print(text_of(document, -1));
  std::fflush(stdout);
}

void print(const std::string& text) {
  std::fputs(text.c_str(), stdout);
}

void print_error(const std::string& message) {
  std::fflush(stdout);
  std::fprintf(stderr, "orderflow: %s\n", printable_lines(core::with_keys_masked(message)).c_str());
}

}  // namespace orderflow::cli
