#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace orderflow::fuzz {

/// An answer as a client reads it.
struct Answer {
  unsigned status = 0;
  std::vector<std::pair<std::string, std::string>> headers;  ///< names as sent
  std::string body;                                          ///< chunks joined

  /// The value of the only header of that name; empty where there is none.
  std::string header(std::string_view name) const;
};

/// Reads what a session has sent, to its last byte; anything that is no answer of HTTP/1.1 is a
/// finding. The final answers, in order. A body must begin with `{` or `[`, so that an answer
/// without one, to HEAD, is distinguished from one that has it.
std::vector<Answer> read_answers(std::string_view bytes);

/// The answer without what is another each time: the ids of the request, the date, and whether the
/// connection stays.
std::string lasting_text(const Answer& answer);

/// A problem that has what it should; anything else is a finding.
void require_problem(const Answer& answer);

}  // namespace orderflow::fuzz
