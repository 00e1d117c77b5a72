#include "gateway_events/gateway_signature.hpp"

#include "core/digest.hpp"
#include "core/text.hpp"

#include <charconv>
#include <cstdint>
#include <optional>
#include <string>

namespace orderflow::billing {
namespace {

/// More than a gateway that replaces its secret ever sends.
constexpr int signatures_max = 16;

std::string hexadecimal(const core::Sha256& bytes) {
  constexpr char digits[] = "0123456789abcdef";
  std::string text;
  for (const std::uint8_t byte : bytes) {
    text += digits[byte >> 4];
    text += digits[byte & 0x0f];
  }
  return text;
}

/// Calls `see(name, value)` for each part that is "name=value".
template <class See>
void for_each_part(std::string_view header, const See& see) {
  while (!header.empty()) {
    const auto comma = header.find(',');
    const std::string_view part = header.substr(0, comma);
    header = comma == std::string_view::npos ? std::string_view{} : header.substr(comma + 1);
    const auto equals = part.find('=');
    if (equals == std::string_view::npos) continue;
    see(part.substr(0, equals), part.substr(equals + 1));
  }
}

std::optional<core::Timestamp> moment_of(std::string_view seconds_text) {
  std::int64_t seconds = 0;
  const auto [end, error] =
      std::from_chars(seconds_text.data(), seconds_text.data() + seconds_text.size(), seconds);
  if (error != std::errc{} || end != seconds_text.data() + seconds_text.size()) return std::nullopt;
  constexpr std::int64_t seconds_max = 253'402'300'799;  // the year 9999
  if (seconds < 0 || seconds > seconds_max) return std::nullopt;
  return core::Timestamp{std::chrono::seconds(seconds)};
}

}  // namespace

bool is_signed(std::string_view header, std::string_view body, std::string_view secret,
               core::Timestamp now) {
  std::string_view moment_text;
  int moments = 0;
  for_each_part(header, [&](std::string_view name, std::string_view value) {
    if (name != "t") return;
    moment_text = value;
    ++moments;
  });
  const auto moment = moment_of(moment_text);
  if (moments != 1 || !moment) return false;
  if (*moment < now - signature_tolerance || *moment > now + signature_tolerance) return false;

  std::string text(moment_text);
  text += '.';
  text += body;
  const std::string expected = hexadecimal(core::hmac_sha256(secret, text));
  bool is_genuine = false;
  int seen = 0;
  for_each_part(header, [&](std::string_view name, std::string_view value) {
    if (name != "v1" || ++seen > signatures_max) return;
    if (core::equal_in_constant_time(value, expected)) is_genuine = true;
  });
  return is_genuine;
}

}  // namespace orderflow::billing
