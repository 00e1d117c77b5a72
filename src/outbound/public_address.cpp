#include "outbound/public_address.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

namespace orderflow::outbound {
namespace {

struct RangeV4 {
  std::uint32_t first;
  int prefix_bits;
};

constexpr std::uint32_t v4(std::uint32_t a, std::uint32_t b, std::uint32_t c,
                           std::uint32_t d) noexcept {
  return (a << 24) | (b << 16) | (c << 8) | d;
}

constexpr std::array special_v4 = {
    RangeV4{v4(0, 0, 0, 0), 8},        // this network
    RangeV4{v4(10, 0, 0, 0), 8},       // private
    RangeV4{v4(100, 64, 0, 0), 10},    // shared by carriers
    RangeV4{v4(127, 0, 0, 0), 8},      // loopback
    RangeV4{v4(169, 254, 0, 0), 16},   // link-local
    RangeV4{v4(172, 16, 0, 0), 12},    // private
    RangeV4{v4(192, 0, 0, 0), 24},     // protocol assignments
    RangeV4{v4(192, 0, 2, 0), 24},     // documentation
    RangeV4{v4(192, 88, 99, 0), 24},   // 6to4 relays
    RangeV4{v4(192, 168, 0, 0), 16},   // private
    RangeV4{v4(198, 18, 0, 0), 15},    // benchmarks
    RangeV4{v4(198, 51, 100, 0), 24},  // documentation
    RangeV4{v4(203, 0, 113, 0), 24},   // documentation
    RangeV4{v4(224, 0, 0, 0), 3},      // multicast, reserved, broadcast
};

bool is_public_v4(std::uint32_t address) noexcept {
  return std::ranges::none_of(special_v4, [&](const RangeV4& range) {
    return (address ^ range.first) >> (32 - range.prefix_bits) == 0;
  });
}

bool is_public_v6(const boost::asio::ip::address_v6::bytes_type& bytes) noexcept {
  // Only 2000::/3 is handed out to the public (RFC 4291 §2.4, IANA).
  if ((bytes[0] & 0xe0) != 0x20) return false;
  const unsigned first = static_cast<unsigned>(bytes[0]) << 8 | bytes[1];
  const unsigned second = static_cast<unsigned>(bytes[2]) << 8 | bytes[3];
  if (first == 0x2001 && second < 0x0200) return false;   // protocol assignments, Teredo
  if (first == 0x2001 && second == 0x0db8) return false;  // documentation
  if (first == 0x2002) return false;                      // 6to4
  return !(first == 0x3fff && second < 0x1000);           // documentation
}

}  // namespace

bool is_public(const boost::asio::ip::address& address) noexcept {
  if (address.is_v4()) return is_public_v4(address.to_v4().to_uint());
  return is_public_v6(address.to_v6().to_bytes());
}

}  // namespace orderflow::outbound
