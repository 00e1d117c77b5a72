#pragma once

#include "events/turn/turn.hpp"
#include "preferences/unsubscribe_token.hpp"
#include "storage/connection.hpp"

#include <mutex>
#include <optional>
#include <string>
#include <string_view>

namespace orderflow::notifications {

/// The links to unsubscribe that mails carry. Their key is made once and kept in the database, so
/// that a link works as long as the database does. Safe from any thread.
class UnsubscribeLinks {
 public:
  static constexpr std::string_view path = "/v1/notifications/unsubscribe/";

  /// `base_url` is where this node is reached by readers, without a slash at its end; empty: there
  /// are no links.
  explicit UnsubscribeLinks(std::string base_url) : base_url_(std::move(base_url)) {}

  /// Sees to it that there is a key, where links are wanted. In a turn of the module that is on
  /// disk before a link is made.
  void make_ready(events::Turn& turn);

  /// Empty where there are no links. `make_ready` has been called.
  std::string url(const Unsubscription& unsubscription) const;

  /// The same with its proof left out, for those who look at a mail that is not theirs.
  std::string masked_url() const;

  /// What a token of this database stands for, also where no links are made any more.
  static std::optional<Unsubscription> read(storage::Session session, std::string_view token);

 private:
  bool is_ready() const;
  void set_key(std::string key);

  const std::string base_url_;
  mutable std::mutex mutex_;  // guards key_
  std::string key_;
};

}  // namespace orderflow::notifications
