#include "accepted_encoding.hpp"

#include "core/text.hpp"

#include <algorithm>
#include <string>

namespace orderflow::console {
namespace {

std::string_view trimmed(std::string_view text) noexcept {
  const std::size_t first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

/// "q=0", "q=0.0" and so on: not wanted.
bool is_refusal(std::string_view parameter) noexcept {
  if (!parameter.starts_with("q=") && !parameter.starts_with("Q=")) return false;
  const std::string_view weight = parameter.substr(2);
  return !weight.empty() && weight.find_first_not_of("0.") == std::string_view::npos;
}

struct Preference {
  std::optional<bool> brotli;
  std::optional<bool> gzip;
  bool others = false;

  void add(std::string_view entry) {
    const std::size_t semicolon = std::min(entry.find(';'), entry.size());
    const std::string coding = core::lower_case(trimmed(entry.substr(0, semicolon)));
    const bool wanted =
        semicolon == entry.size() || !is_refusal(trimmed(entry.substr(semicolon + 1)));
    if (coding == "br") brotli = wanted;
    if (coding == "gzip" || coding == "x-gzip") gzip = wanted;
    if (coding == "*") others = wanted;
  }
};

}  // namespace

std::optional<Encoding> accepted_encoding(std::optional<std::string_view> header) {
  if (!header) return Encoding::gzip;
  Preference preference;
  for (std::string_view left = *header; !left.empty();) {
    const std::size_t comma = std::min(left.find(','), left.size());
    preference.add(left.substr(0, comma));
    left.remove_prefix(std::min(comma + 1, left.size()));
  }
  if (preference.brotli.value_or(preference.others)) return Encoding::brotli;
  if (preference.gzip.value_or(preference.others)) return Encoding::gzip;
  return std::nullopt;
}

}  // namespace orderflow::console
