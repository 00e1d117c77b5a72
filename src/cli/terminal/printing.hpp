#pragma once

#include <nlohmann/json.hpp>

#include <string>
#include <string_view>
#include <system_error>

namespace orderflow::cli {

/// Writes a document to standard output, indented. On a terminal everything but ASCII is escaped,
/// so that no character of the data controls it; the document is the same.
void print_json(const nlohmann::json& document);
void print_json(const nlohmann::ordered_json& document);

/// The same on one line, flushed: for a stream of documents (JSON lines).
void print_json_line(const nlohmann::json& document);

/// Writes text that is ready for a terminal to standard output: the one way to it, with
/// `print_json`. Throws `OutputFailed` where it cannot be written. A reader that has gone, as
/// `head` does, has what it wanted: that is no failure, see `reader_has_gone`.
void print(std::string_view text);

/// Writes what is buffered; throws as `print` does.
void flush_output();

/// True once a write found that the reader has gone: a command that would never end may end.
bool reader_has_gone() noexcept;

/// Standard output cannot be written: the disk is full, or it is closed.
class OutputFailed : public std::system_error {
 public:
  explicit OutputFailed(int error)
      : std::system_error(error, std::generic_category(), "cannot write standard output") {}
};

/// Writes `orderflow: message` to standard error; control characters of it are written out.
void print_error(const std::string& message);

}  // namespace orderflow::cli
