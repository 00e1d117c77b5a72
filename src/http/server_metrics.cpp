#include "http/server_metrics.hpp"

namespace orderflow::http {

ServerCounters ServerMetrics::counters() const noexcept {
  return {.connections_open = connections_open.load() + reserve_open.load(),
          .connections_accepted = connections_accepted.load(),
          .connections_refused = connections_refused.load(),
          .connections_ended = connections_ended.load(),
          .answers_ended = answers_ended.load(),
          .requests = requests.load(),
          .responses_4xx = responses_4xx.load(),
          .responses_5xx = responses_5xx.load()};
}

}  // namespace orderflow::http
