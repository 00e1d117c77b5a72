#include "access/key_ring.hpp"

#include "access/key_text.hpp"
#include "core/text.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <mutex>
#include <utility>

namespace orderflow::access {
namespace {

/// Compared with where there is no key: a wrong id must take as long as a wrong secret.
constexpr std::array<char, key_text_length> no_text{};
constexpr core::Sha256 no_hash{};

std::string_view bytes_of(const core::Sha256& hash) noexcept {
  return {reinterpret_cast<const char*>(hash.data()), hash.size()};
}

/// The token of the one `Authorization: Bearer` (RFC 6750 §2.1); empty where there is none, or two.
std::string_view bearer_token(const http::Request& request) noexcept {
  constexpr std::string_view scheme = "bearer ";
  std::string_view token;
  bool seen = false;
  for (const auto& [name, value] : request.headers) {
    if (name != "authorization") continue;
    if (std::exchange(seen, true)) return {};
    const auto same_letter = [](char a, char b) {
      return (a >= 'A' && a <= 'Z' ? a + 32 : a) == b;
    };
    if (value.size() > scheme.size() &&
        std::equal(scheme.begin(), scheme.end(), value.begin(),
                   [&](char wanted, char given) { return same_letter(given, wanted); })) {
      // One blank or more stand between them (RFC 9110 §11.4).
      token = std::string_view(value).substr(scheme.size());
      token.remove_prefix(std::min(token.find_first_not_of(' '), token.size()));
    }
  }
  return token;
}

}  // namespace

void KeyRing::replace(const std::vector<ApiKey>& keys) {
  Keys made;
  const std::unique_lock lock(mutex_);
  for (const ApiKey& key : keys) {
    const auto number = id_number(key.id);
    if (!number) continue;
    auto entry = std::make_shared<Entry>();
    entry->client = {.name = key.name, .key = key.id, .holder = key.holder};
    entry->hash = key.hash;
    entry->scopes = key.scopes;
    entry->revoked = key.is_revoked();
    entry->expires_at_us = key.expires_at ? core::to_micros(*key.expires_at)
                                          : std::numeric_limits<std::int64_t>::max();
    const std::int64_t kept = key.last_used_at ? core::to_micros(*key.last_used_at) : 0;
    entry->kept_use_us = kept;
    const auto known = keys_.find(*number);
    entry->used_at_us = known == keys_.end() ? kept : known->second->used_at_us.load();
    if (known != keys_.end()) entry->refused = known->second->refused.load();
    made.emplace(*number, std::move(entry));
  }
  keys_ = std::move(made);
  required_.store(exposure_ == Exposure::network || !keys_.empty(), std::memory_order_release);
}

const std::shared_ptr<KeyRing::Entry>* KeyRing::find(std::string_view key_text) const noexcept {
  const auto number = id_in_text(key_text);
  const auto found = keys_.find(number.value_or(0));
  const bool known = number && found != keys_.end();
  const core::Sha256 hash =
      hash_of(number ? key_text : std::string_view(no_text.data(), no_text.size()));
  const core::Sha256& wanted = known ? found->second->hash : no_hash;
  const bool same = core::equal_in_constant_time(bytes_of(hash), bytes_of(wanted));
  return known && same ? &found->second : nullptr;
}

http::Authorizer::Decision KeyRing::authorize(http::Request& request,
                                              http::Access needed) noexcept {
  if (needed == http::Access::open || !is_required()) return Decision::authorized;
  const std::int64_t now = core::to_micros(clock_.now());
  const std::string_view token = bearer_token(request);
  const std::shared_lock lock(mutex_);
  const auto* entry = find(token);
  if (!entry) {
    (token.empty() ? missing_ : unknown_).fetch_add(1, std::memory_order_relaxed);
    return Decision::unknown;
  }
  if (!(*entry)->is_valid(now)) {
    ended_.fetch_add(1, std::memory_order_relaxed);
    (*entry)->refused.fetch_add(1, std::memory_order_relaxed);
    return Decision::unknown;
  }
  (*entry)->used_at_us.store(now, std::memory_order_relaxed);
  request.client = http::ClientPtr(*entry, &(*entry)->client);
  if ((*entry)->scopes.allow(needed)) return Decision::authorized;
  too_narrow_.fetch_add(1, std::memory_order_relaxed);
  return Decision::too_narrow;
}

bool KeyRing::still_authorizes(const http::Request& request, http::Access needed) const noexcept {
  if (needed == http::Access::open) return true;
  if (!request.client) return !is_required();
  const std::shared_lock lock(mutex_);
  const auto found = keys_.find(id_number(request.client->key).value_or(0));
  return found != keys_.end() && found->second->is_valid(core::to_micros(clock_.now())) &&
         found->second->scopes.allow(needed);
}

std::vector<KeyUse> KeyRing::uses() const {
  constexpr std::int64_t step_us = 60'000'000;
  std::vector<KeyUse> uses;
  const std::shared_lock lock(mutex_);
  for (const auto& [number, entry] : keys_) {
    const std::int64_t used = entry->used_at_us.load(std::memory_order_relaxed);
    if (used < entry->kept_use_us.load(std::memory_order_relaxed) + step_us) continue;
    uses.push_back({entry->client.key, core::from_micros(used)});
  }
  return uses;
}

void KeyRing::note_kept(const std::vector<KeyUse>& uses) {
  const std::shared_lock lock(mutex_);
  for (const KeyUse& use : uses) {
    const auto found = keys_.find(id_number(use.id).value_or(0));
    if (found != keys_.end()) found->second->kept_use_us = core::to_micros(use.at);
  }
}

std::vector<KeyRefused> KeyRing::take_refused() {
  std::vector<KeyRefused> refused;
  const std::shared_lock lock(mutex_);
  for (const auto& [number, entry] : keys_) {
    const std::uint64_t times = entry->refused.exchange(0, std::memory_order_relaxed);
    if (times == 0) continue;
    refused.push_back({.id = entry->client.key,
                       .name = entry->client.name,
                       .revoked = entry->revoked,
                       .times = times});
  }
  return refused;
}

RefusalCounts KeyRing::refusals() const noexcept {
  return {.missing = missing_, .unknown = unknown_, .ended = ended_, .too_narrow = too_narrow_};
}

}  // namespace orderflow::access
