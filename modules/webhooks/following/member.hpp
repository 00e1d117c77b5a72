#pragma once

#include "endpoint/endpoint.hpp"
#include "events/log/event.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace orderflow::webhooks {

/// An event that an endpoint wants.
struct Wanted {
  events::Seq seq;
  std::string key;
};

/// An endpoint with its position in the log, in memory. What is `under_way` or `aside` is behind
/// its position or beyond it, and has no row of its own yet.
struct Member {
  Endpoint endpoint;
  bool is_active = false;
  bool follows = false;
  events::Seq taken{};  ///< it has taken all up to here, or `under_way`; where it does not follow
  std::map<events::Seq, std::string> under_way{};  ///< without a row: their keys
  std::vector<Wanted> aside{};                     ///< ascending
  events::Seq rows_to{};                           ///< up to here it may have rows
  std::size_t rows_waiting = 0;
  std::vector<std::int64_t> passed{};  ///< events by kind, where it does not follow
  std::vector<std::size_t> listed{};   ///< its index among the followers of each kind
  bool row_has_stretches = false;      ///< that it has passed, or will have
};

}  // namespace orderflow::webhooks
