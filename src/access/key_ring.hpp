#pragma once

#include "access/api_key.hpp"
#include "core/clock.hpp"
#include "http/routing/authorizer.hpp"

#include <atomic>
#include <cstdint>
#include <memory>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace orderflow::access {

/// Whether a node may be used without a key.
enum class Exposure {
  loopback,  ///< bound to loopback: open to its single user until the first key was made
  network    ///< a key is always needed
};

/// When a key was used last.
struct KeyUse {
  std::string id;
  core::Timestamp at;
};

/// How often an ended key was sent since the last such report.
struct KeyRefused {
  std::string id;
  std::string name;
  bool revoked;  ///< false: it has expired
  std::uint64_t times;
};

/// Requests that were refused for their key, since the start.
struct RefusalCounts {
  std::uint64_t missing;  ///< none came, or nothing that has the form of one
  std::uint64_t unknown;  ///< of an unknown key, or with a wrong secret
  std::uint64_t ended;    ///< of one that was revoked or has expired
  std::uint64_t too_narrow;
};

/// The keys of a running node, in memory: they identify a request's client without reading the
/// database. Safe from any thread.
class KeyRing final : public http::Authorizer {
 public:
  /// With these keys, ended ones among them. The clock outlives it.
  KeyRing(const core::Clock& clock, Exposure exposure, const std::vector<ApiKey>& keys = {})
      : clock_(clock), exposure_(exposure) {
    replace(keys);
  }

  /// From now on these are all the keys there are, ended ones among them.
  void replace(const std::vector<ApiKey>& keys);

  /// True where every request needs a key. Ended keys count as well.
  bool is_required() const noexcept override { return required_.load(std::memory_order_acquire); }

  Decision authorize(http::Request& request, http::Access needed) noexcept override;
  bool still_authorizes(const http::Request& request, http::Access needed) const noexcept override;

  /// The keys whose last use is a minute or more after the one that `note_kept` has recorded.
  std::vector<KeyUse> uses() const;
  void note_kept(const std::vector<KeyUse>& uses);

  /// The ended keys that were sent since this was called last.
  std::vector<KeyRefused> take_refused();
  RefusalCounts refusals() const noexcept;

 private:
  struct Entry {
    http::Client client;
    core::Sha256 hash{};
    Scopes scopes{};
    bool revoked = false;
    std::int64_t expires_at_us = 0;
    std::atomic<std::int64_t> used_at_us{0};
    std::atomic<std::int64_t> kept_use_us{0};
    std::atomic<std::uint64_t> refused{0};

    bool is_valid(std::int64_t now_us) const noexcept { return !revoked && now_us < expires_at_us; }
  };
  using Keys = std::unordered_map<std::uint64_t, std::shared_ptr<Entry>>;

  const std::shared_ptr<Entry>* find(std::string_view key_text) const noexcept;

  const core::Clock& clock_;
  const Exposure exposure_;
  std::atomic<bool> required_{exposure_ == Exposure::network};
  mutable std::shared_mutex mutex_;
  Keys keys_;
  std::atomic<std::uint64_t> missing_{0}, unknown_{0}, ended_{0}, too_narrow_{0};
};

}  // namespace orderflow::access
