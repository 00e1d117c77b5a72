#include "events/log/deterministic_id.hpp"

#include "core/digest.hpp"

#include <algorithm>
#include <string>

namespace orderflow::events {

core::Uuid deterministic_id(const core::Uuid& cause, std::string_view subscription,
                            std::string_view purpose, unsigned index) {
  std::string input(reinterpret_cast<const char*>(cause.bytes.data()), cause.bytes.size());
  // The separators keep (a, bc) and (ab, c) apart; names hold no zero byte.
  input.append(subscription).push_back('\0');
  input.append(purpose).push_back('\0');
  input.append(std::to_string(index));
  const core::Sha256 digest = core::sha256(input);
  std::array<std::uint8_t, 10> tail{};
  std::copy_n(digest.begin(), tail.size(), tail.begin());
  return core::make_uuid_v7(cause.unix_ms(), tail);
}

}  // namespace orderflow::events
