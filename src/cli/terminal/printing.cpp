#include "cli/terminal/printing.hpp"

#include "cli/terminal/shown_text.hpp"
#include "core/secret_text.hpp"

#include <unistd.h>
#include <cerrno>
#include <cstdio>

namespace orderflow::cli {
namespace {

template <class Document>
std::string text_of(const Document& document, int indent) {
  return document.dump(indent, ' ', ::isatty(STDOUT_FILENO) == 1,
                       Document::error_handler_t::replace) +
         "\n";
}

/// Of the process, as standard output is.
bool is_reader_gone = false;

void note_failure() {
  const int error = errno;
  if (error != EPIPE) throw OutputFailed(error);
  is_reader_gone = true;
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
  flush_output();
}

void print(std::string_view text) {
  errno = 0;
  if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size()) note_failure();
}

void flush_output() {
  errno = 0;
  if (std::fflush(stdout) != 0) {
    note_failure();
  } else if (std::ferror(stdout) != 0 && !is_reader_gone) {
    // Something before was lost, and is in no buffer any more.
    throw OutputFailed(EIO);
  }
}

bool reader_has_gone() noexcept {
  return is_reader_gone;
}

void print_error(const std::string& message) {
  // Any other failure is reported when the command ends.
  if (std::fflush(stdout) != 0 && errno == EPIPE) is_reader_gone = true;
  std::fprintf(stderr, "orderflow: %s\n", printable_lines(core::with_keys_masked(message)).c_str());
}

}  // namespace orderflow::cli
