#pragma once

#include <string_view>
#include <utility>
#include <vector>

namespace orderflow::telemetry {

/// A line of the log in its parts: a short message, then `name=value` pairs, of which a value that
/// may have blanks stands in quotes.
struct LogLine {
  std::string_view message;
  std::vector<std::pair<std::string_view, std::string_view>> fields;  ///< values without quotes
};

/// Takes a line apart. The names of fields are of `a-z 0-9 _ .` and begin with a letter. A value in
/// quotes ends at a quote that the line, or another field, follows; one without them where another
/// field begins, or the line ends. The parts are of `line`.
LogLine parse_log_line(std::string_view line);

}  // namespace orderflow::telemetry
