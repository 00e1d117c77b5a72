#include "events/log_life.hpp"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <iterator>
#include <stdexcept>
#include <utility>

namespace orderflow::events {
namespace {

constexpr std::size_t life_length = 16;

bool is_life(std::string_view text) {
  return text.size() == life_length &&
         text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

}  // namespace

std::optional<NamedPosition> parse_position(std::string_view text) {
  NamedPosition named;
  if (const auto dot = text.find('.'); dot != std::string_view::npos) {
    named.life = text.substr(0, dot);
    text.remove_prefix(dot + 1);
    if (!is_life(named.life)) return std::nullopt;
  }
  std::int64_t position = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), position);
  if (parsed.ec != std::errc{} || parsed.ptr != text.data() + text.size() || position < 0) {
    return std::nullopt;
  }
  named.position = Seq{position};
  return named;
}

LogLife::LogLife(std::vector<storage::Life> lives) : lives_(std::move(lives)) {
  if (lives_.empty()) throw std::logic_error("a log has a life");
}

std::optional<Seq> LogLife::begin_instead(const NamedPosition& named, Seq newest) const {
  if (named.life.empty() || named.life == id()) {
    if (named.position <= newest) return std::nullopt;
    return Seq{lives_.back().since};
  }
  const auto life = std::ranges::find(lives_, named.life, &storage::Life::id);
  if (life == lives_.end()) return Seq{0};
  // What came after it in that life is in none that followed.
  Seq shared = named.position;
  for (auto later = std::next(life); later != lives_.end(); ++later)
    shared = std::min(shared, Seq{later->since});
  return std::min(shared, newest);
}

}  // namespace orderflow::events
