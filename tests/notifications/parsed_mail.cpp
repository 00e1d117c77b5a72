#include "parsed_mail.hpp"

#include <stdexcept>

namespace orderflow::notifications {
namespace {

[[noreturn]] void fail(const std::string& reason) {
  throw std::runtime_error("bad mail: " + reason);
}

std::vector<std::string> mail_lines(const std::string& bytes) {
  std::vector<std::string> lines(1);
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const char c = bytes[i];
    if (static_cast<unsigned char>(c) > 126) fail("a byte that is not ASCII");
    if (c == '\r' && i + 1 < bytes.size() && bytes[i + 1] == '\n') {
      if (lines.back().size() > 998) fail("a line over 998 characters");
      lines.emplace_back();
      ++i;
    } else if ((c >= 0 && c < ' ' && c != '\t')) {
      fail("a control character");
    } else {
      lines.back() += c;
    }
  }
  if (!lines.back().empty()) fail("the last line does not end");
  lines.pop_back();
  return lines;
}

using Line = std::vector<std::string>::const_iterator;
using Headers = std::vector<std::pair<std::string, std::string>>;

/// Continues behind the empty line that ends the headers.
Headers read_headers(Line& line, Line end) {
  Headers headers;
  for (; line != end && !line->empty(); ++line) {
    if (line->front() == ' ' || line->front() == '\t') {
      if (headers.empty()) fail("the first line is folded");
      headers.back().second += *line;
      continue;
    }
    const std::size_t colon = line->find(": ");
    if (colon == std::string::npos || colon == 0) fail("not a header: " + *line);
    headers.emplace_back(line->substr(0, colon), line->substr(colon + 2));
  }
  if (line == end) fail("no end of the headers");
  ++line;
  return headers;
}

const std::string& only(const Headers& headers, const std::string& name) {
  const std::string* found = nullptr;
  for (const auto& [one, value] : headers) {
    if (one != name) continue;
    if (found != nullptr) fail(name + " stands twice");
    found = &value;
  }
  if (found == nullptr) fail("there is no " + name);
  return *found;
}

ParsedMail::Part read_part(Line& line, Line end, const std::string& delimiter) {
  const Headers headers = read_headers(line, end);
  if (only(headers, "Content-Transfer-Encoding") != "quoted-printable") fail("unknown encoding");
  std::string body;
  for (; line != end && !line->starts_with(delimiter); ++line) {
    if (line->size() > 76) fail("a quoted-printable line over 76 characters");
    body += *line + "\r\n";
  }
  if (line == end) fail("a part without an end");
  // The line end before a delimiter belongs to the delimiter (RFC 2046 §5.1.1).
  body.resize(body.size() - 2);
  return {only(headers, "Content-Type"), decode_quoted_printable(body)};
}

}  // namespace

const std::string& ParsedMail::header(const std::string& name) const {
  return only(headers, name);
}

ParsedMail parse_mail(const std::string& bytes) {
  const std::vector<std::string> lines = mail_lines(bytes);
  Line line = lines.begin();
  ParsedMail mail;
  mail.headers = read_headers(line, lines.end());
  const std::string& type = mail.header("Content-Type");
  const std::size_t begin = type.find("boundary=\"");
  if (!type.starts_with("multipart/alternative;") || begin == std::string::npos) fail(type);
  const std::string boundary = type.substr(begin + 10, type.size() - begin - 11);
  const std::string delimiter = "--" + boundary;
  if (line == lines.end() || *line != delimiter) fail("the first part does not begin");
  while (line != lines.end() && *line == delimiter) {
    ++line;
    mail.parts.push_back(read_part(line, lines.end(), delimiter));
  }
  if (line == lines.end() || *line != delimiter + "--") fail("the last part does not end");
  return mail;
}

std::string decode_quoted_printable(const std::string& text) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text.compare(i, 3, "=\r\n") == 0) {
      i += 2;
    } else if (text[i] == '=') {
      result += static_cast<char>(std::stoi(text.substr(i + 1, 2), nullptr, 16));
      i += 2;
    } else if (text[i] != '\r') {
      result += text[i];
    }
  }
  return result;
}

}  // namespace orderflow::notifications
