#pragma once

#include <nlohmann/json.hpp>

#include <string>

namespace orderflow::cli {

/// Writes a document to standard output, indented. On a terminal everything but ASCII is escaped,
/// so that no character of the data controls it; the document is the same.
void print_json(const nlohmann::json& document);
void print_json(const nlohmann::ordered_json& document);

/// The same on one line and at once: for a stream of documents (JSON lines).
void print_json_line(const nlohmann::json& document);

/// Writes text that is ready for a terminal to standard output.
void print(const std::string& text);

/// Writes `orderflow: message` to standard error; control characters of it are written out.
void print_error(const std::string& message);

}  // namespace orderflow::cli
