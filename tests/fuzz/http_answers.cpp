#include "fuzz/http_answers.hpp"

#include "fuzz/finding.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <charconv>
#include <set>

namespace orderflow::fuzz {
namespace {

constexpr std::string_view line_end = "\r\n";

std::string_view take_line(std::string_view& bytes) {
  const std::size_t end = bytes.find(line_end);
  require(end != std::string_view::npos, "an answer has whole lines", bytes);
  const std::string_view line = bytes.substr(0, end);
  bytes.remove_prefix(end + line_end.size());
  return line;
}

std::size_t number(std::string_view text, int base) {
  std::size_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  require(error == std::errc{} && end == text.data() + text.size(), "a length is a number", text);
  return value;
}

std::string_view take(std::string_view& bytes, std::size_t size) {
  require(bytes.size() >= size, "an answer is whole", bytes);
  const std::string_view part = bytes.substr(0, size);
  bytes.remove_prefix(size);
  return part;
}

Answer take_head(std::string_view& bytes) {
  Answer answer;
  const std::string_view line = take_line(bytes);
  require(line.starts_with("HTTP/1.1 ") && line.size() > 13 && line[12] == ' ',
          "an answer has a status line", line);
  answer.status = static_cast<unsigned>(number(line.substr(9, 3), 10));
  for (std::string_view field = take_line(bytes); !field.empty(); field = take_line(bytes)) {
    const std::size_t colon = field.find(": ");
    require(colon != std::string_view::npos && colon > 0, "a header has name and value", field);
    answer.headers.emplace_back(field.substr(0, colon), field.substr(colon + 2));
  }
  return answer;
}

bool has_body(std::string_view bytes) {
  return bytes.starts_with('{') || bytes.starts_with('[');
}

void take_chunks(std::string_view& bytes, Answer& answer) {
  for (;;) {
    const std::size_t size = number(take_line(bytes), 16);
    answer.body += take(bytes, size);
    require(take_line(bytes).empty(), "a chunk ends where it should");
    if (size == 0) return;
  }
}

void take_body(std::string_view& bytes, Answer& answer) {
  const std::string length = answer.header("Content-Length");
  const bool chunked = answer.header("Transfer-Encoding") == "chunked";
  require(length.empty() || !chunked, "an answer is framed in one way");
  if (chunked) {
    // Answers to HEAD have the header of the body that they lack.
    if (!bytes.empty() && !bytes.starts_with("HTTP/")) take_chunks(bytes, answer);
  } else if (!length.empty()) {
    if (has_body(bytes)) answer.body = take(bytes, number(length, 10));
  } else if (answer.header("Connection") == "close") {
    answer.body = take(bytes, bytes.size());
  }
}

}  // namespace

std::string Answer::header(std::string_view name) const {
  std::string value;
  int count = 0;
  for (const auto& [field, text] : headers) {
    if (field != name) continue;
    value = text;
    ++count;
  }
  require(count <= 1, "a header is there once", name);
  return value;
}

std::vector<Answer> read_answers(std::string_view bytes) {
  std::vector<Answer> answers;
  while (!bytes.empty()) {
    Answer answer = take_head(bytes);
    if (answer.status == 100) {
      require(answer.headers.empty(), "an interim answer is bare");
      continue;
    }
    take_body(bytes, answer);
    const bool closes = answer.header("Connection") == "close";
    require(!closes || bytes.empty(), "nothing is sent after the last answer", bytes);
    answers.push_back(std::move(answer));
  }
  return answers;
}

std::string lasting_text(const Answer& answer) {
  static const std::set<std::string> passing{"Date", "Connection", "X-Correlation-ID",
                                             "traceparent"};
  std::string text = std::to_string(answer.status) + "\n";
  for (const auto& [name, value] : answer.headers) {
    if (!passing.contains(name)) text += name + ": " + value + "\n";
  }
  auto document = nlohmann::json::parse(answer.body, nullptr, false);
  if (document.is_discarded()) return text + answer.body;
  if (document.is_object()) document.erase("correlationId");
  return text + document.dump();
}

void require_problem(const Answer& answer) {
  require(answer.header("Content-Type") == "application/problem+json", "a refusal is a problem");
  require(answer.header("Cache-Control") == "no-store", "a refusal is not kept");
  if (answer.body.empty()) return;
  const auto problem = nlohmann::json::parse(answer.body, nullptr, false);
  require(problem.is_object(), "a problem is JSON", answer.body);
  require(problem.value("status", 0U) == answer.status, "a problem has the status", answer.body);
  require(problem.value("type", "").starts_with("/problems/"), "a problem has a type", answer.body);
  require(!problem.value("detail", "").empty(), "a problem names what is wrong", answer.body);
  require(problem.value("correlationId", "") == answer.header("X-Correlation-ID"),
          "a problem can be found again", answer.body);
}

}  // namespace orderflow::fuzz
