#pragma once

#include "core/clock.hpp"
#include "notifications/contract/notification_id.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace orderflow::notifications {

/// What a buyer is told.
enum class Kind {
  order_confirmation,  ///< we have your order
  order_outcome        ///< paid, refused, declined, canceled or paid back, all of it or a part
};

/// How far a notification has come; `may_become` has the transitions.
enum class Status {
  sent,      ///< handed over to the channel for good
  retrying,  ///< an attempt failed, another one follows
  failed,    ///< given up
  skipped    ///< not to be sent; see Skip
};

/// Why a notification is not sent.
enum class Skip {
  no_address,  ///< the buyer gave none
  opted_out,   ///< the user wants no notification at all
  not_wanted   ///< the user wants none of this kind
};

inline constexpr std::array all_kinds{Kind::order_confirmation, Kind::order_outcome};
inline constexpr std::array all_statuses{Status::sent, Status::retrying, Status::failed,
                                         Status::skipped};

constexpr std::string_view to_string(Kind kind) noexcept {
  return kind == Kind::order_confirmation ? "order_confirmation" : "order_outcome";
}

constexpr std::string_view to_string(Status status) noexcept {
  switch (status) {
    case Status::sent:
      return "sent";
    case Status::retrying:
      return "retrying";
    case Status::failed:
      return "failed";
    case Status::skipped:
      break;
  }
  return "skipped";
}

/// Whether a notification that stands at `from` may come to stand at `to`. What was sent or skipped
/// stays so; what was given up is attempted again where an operator replays it.
bool may_become(Status from, Status to) noexcept;

/// From which statuses it may come to `to`, as a list of SQL: `'retrying', 'failed'`.
std::string statuses_before(Status to);

constexpr std::optional<Kind> parse_kind(std::string_view text) noexcept {
  for (const Kind kind : all_kinds) {
    if (text == to_string(kind)) return kind;
  }
  return std::nullopt;
}

constexpr std::string_view to_string(Skip reason) noexcept {
  switch (reason) {
    case Skip::no_address:
      return "no_address";
    case Skip::opted_out:
      return "opted_out";
    case Skip::not_wanted:
      break;
  }
  return "not_wanted";
}

/// What a notification is, the same at every attempt; the recipient alone may be another, where an
/// operator has corrected the address.
struct Notification {
  NotificationId id;
  OrderId order_id;
  UserId user_id;
  Kind kind;
  std::string channel;
  std::string recipient;  ///< an e-mail address; empty where the buyer gave none
  std::string language;   ///< that it is written in
  std::string subject;
  core::Timestamp created_at;  ///< when the event that it tells of occurred
  std::string correlation_id;
};

/// How far a notification has come.
struct Progress {
  Status status;
  std::int64_t attempts;
  std::optional<std::string> error = {};  ///< of the last attempt, where it failed
  std::optional<core::Timestamp> sent_at = {};
  std::optional<Skip> skipped_because = {};
};

/// The identifier of what `subscription` tells about an event: the same at every attempt, on every
/// node, so that the row, the file and the Message-ID agree. A version 7 UUID of the time when the
/// event occurred, to a quarter of a microsecond (RFC 9562 §6.2, method 3): identifiers order as
/// the events do.
NotificationId notification_id(const core::Uuid& event, core::Timestamp occurred_at,
                               std::string_view subscription);

}  // namespace orderflow::notifications
