#include "events/log/log_incarnations.hpp"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <iterator>
#include <stdexcept>
#include <utility>

namespace orderflow::events {
namespace {

constexpr std::size_t incarnation_id_length = 16;

bool is_incarnation(std::string_view text) {
  return text.size() == incarnation_id_length &&
         text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

}  // namespace

std::optional<NamedPosition> parse_position(std::string_view text) {
  NamedPosition named;
  if (const auto dot = text.find('.'); dot != std::string_view::npos) {
    named.incarnation = text.substr(0, dot);
    text.remove_prefix(dot + 1);
    if (!is_incarnation(named.incarnation)) return std::nullopt;
  }
  std::int64_t position = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), position);
  if (parsed.ec != std::errc{} || parsed.ptr != text.data() + text.size() || position < 0) {
    return std::nullopt;
  }
  named.position = Seq{position};
  return named;
}

LogIncarnations::LogIncarnations(std::vector<storage::Incarnation> incarnations)
    : incarnations_(std::move(incarnations)) {
  if (incarnations_.empty()) throw std::logic_error("a log has an incarnation");
}

std::optional<Seq> LogIncarnations::begin_instead(const NamedPosition& named, Seq newest) const {
  if (named.incarnation.empty() || named.incarnation == id()) {
    if (named.position <= newest) return std::nullopt;
    return Seq{incarnations_.back().since};
  }
  const auto incarnation =
      std::ranges::find(incarnations_, named.incarnation, &storage::Incarnation::id);
  if (incarnation == incarnations_.end()) return Seq{0};
  // What came after it in that incarnation is in none that followed.
  Seq shared = named.position;
  for (auto later = std::next(incarnation); later != incarnations_.end(); ++later)
    shared = std::min(shared, Seq{later->since});
  return std::min(shared, newest);
}

}  // namespace orderflow::events
