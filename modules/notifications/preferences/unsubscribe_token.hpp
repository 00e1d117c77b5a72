#pragma once

#include "notification/notification.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace orderflow::notifications {

/// What a link in a mail can do for whoever has it: end one kind of mail to one user.
struct Unsubscription {
  std::string user_id;
  Kind kind;

  friend bool operator==(const Unsubscription&, const Unsubscription&) = default;
};

/// A text for a URL that names the unsubscription and is authenticated by HMAC-SHA256, so that
/// nobody can make one for another user or kind. It does not expire: the mail does not either.
std::string unsubscribe_token(const Unsubscription& unsubscription, std::string_view key);

/// Nothing where the token was not made with this key.
std::optional<Unsubscription> read_unsubscribe_token(std::string_view token, std::string_view key);

}  // namespace orderflow::notifications
