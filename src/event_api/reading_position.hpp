#pragma once

#include "events/log/log_incarnations.hpp"
#include "host/host.hpp"
#include "http/message/message.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace orderflow::event_api {

/// The header that names the incarnation of the log which an answer was read from.
inline constexpr std::string_view log_incarnation_header = "Orderflow-Log-Life";

/// Where a reader of the log resumes, and how positions are written for it. A reader that names the
/// incarnation of the log with its position ("0123456789abcdef.42") is given positions that name it
/// as well, so that it notices a restored log however far that has grown since. For a reader of
/// plain numbers only a position beyond the log's end shows that.
struct ReadingPosition {
  events::Seq after;
  std::string incarnation;     ///< empty: the reader takes plain numbers
  bool is_of_this_log = true;  ///< false: `after` is where it has to begin instead

  /// A position as it is written for this reader.
  std::string text(events::Seq position) const;
};

/// What `named` means in the log of this node. From any thread that has a reading session.
ReadingPosition find_reading_position(const host::Services& services,
                                      const events::NamedPosition& named);

/// The answer to a reader whose position is not one of this log: 410, with where to begin.
http::Response position_not_in_log(const http::Request& request, const host::Services& services,
                                   const ReadingPosition& position);

}  // namespace orderflow::event_api
