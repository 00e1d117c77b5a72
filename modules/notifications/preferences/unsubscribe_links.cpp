#include "preferences/unsubscribe_links.hpp"

#include "core/base64.hpp"

#include <openssl/rand.h>

#include <stdexcept>
#include <utility>

namespace orderflow::notifications {
namespace {

std::string new_key() {
  std::string bytes(32, '\0');
  if (RAND_bytes(reinterpret_cast<unsigned char*>(bytes.data()), static_cast<int>(bytes.size())) !=
      1) {
    throw std::runtime_error("the system gives no random numbers");
  }
  return core::base64(bytes);
}

std::optional<std::string> stored_key(storage::Session session) {
  auto rows = session.query("SELECT key FROM notifications_unsubscribe_key");
  if (!rows.next()) return std::nullopt;
  return rows.get<std::string>(0);
}

}  // namespace

void UnsubscribeLinks::make_ready(events::Turn& turn) {
  if (base_url_.empty() || is_ready()) return;
  auto key = stored_key(turn.db());
  if (!key) {
    key = new_key();
    turn.db().execute("INSERT INTO notifications_unsubscribe_key(id, key) VALUES (1, ?1)", *key);
  }
  turn.after_commit([this, stored = *key] { set_key(stored); });
}

bool UnsubscribeLinks::is_ready() const {
  const std::lock_guard lock(mutex_);
  return !key_.empty();
}

void UnsubscribeLinks::set_key(std::string key) {
  const std::lock_guard lock(mutex_);
  key_ = std::move(key);
}

std::string UnsubscribeLinks::url(const Unsubscription& unsubscription) const {
  if (base_url_.empty()) return {};
  const std::lock_guard lock(mutex_);
  return base_url_ + std::string(path) + unsubscribe_token(unsubscription, key_);
}

std::string UnsubscribeLinks::masked_url() const {
  if (base_url_.empty()) return {};
  return base_url_ + std::string(path) + "***";
}

std::optional<Unsubscription> UnsubscribeLinks::read(storage::Session session,
                                                     std::string_view token) {
  const auto key = stored_key(session);
  if (!key) return std::nullopt;
  return read_unsubscribe_token(token, *key);
}

}  // namespace orderflow::notifications
