#pragma once

#include "events/catalog.hpp"
#include "events/event.hpp"
#include "storage/connection.hpp"

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace orderflow::events {

/// The owner name of the event core's tables.
inline constexpr std::string_view event_owner = "event";

/// What a subscription wants of the log.
struct Interest {
  std::vector<std::string> kinds;
  std::string module;  ///< events that came from another node are those for this module

  bool holds(std::string_view kind, std::string_view audience) const noexcept;
};

/// Keys behind one, up to another, by the bytes of their texts; without both all keys.
struct KeyRange {
  static constexpr const char* behind_all = "\U0010FFFF";

  std::string after{};
  std::string upto = behind_all;

  bool is_all() const { return after.empty() && upto == behind_all; }
};

/// Reads the log. Every function works on a session of `event_owner`, of the writer's connection or
/// a reader's; the catalog gives the typed bodies. Stateless, safe from any thread.
class EventLog {
 public:
  explicit EventLog(const Catalog& catalog) : catalog_(catalog) {}

  /// All kinds and versions that there are.
  const Catalog& catalog() const noexcept { return catalog_; }

  /// What a page of the log is limited to.
  struct Filter {
    std::optional<std::string> kind{};
    std::optional<std::string> key{};
  };
  struct Page {
    EventList events;
    Seq scanned_to;  ///< all up to here was looked at: where to go on
    bool end;        ///< nothing after `scanned_to` was there
  };

  /// Up to `limit` events after `after` in log order that pass the filter. Looks at a bounded
  /// number of rows, so a page can be short or empty before the end; go on at `scanned_to`.
  Page page(storage::Session session, Seq after, const Filter& filter, std::size_t limit) const;

  /// Events of interest in (after, upto], at most `limit`, in log order.
  EventList of_interest(storage::Session session, Seq after, Seq upto, const Interest& interest,
                        std::size_t limit) const;

  /// All events of a key in log order, at most `limit`.
  EventList of_key(storage::Session session, std::string_view key, std::size_t limit) const;

  EventPtr find(storage::Session session, Seq seq) const;

  /// Every event of the keys, one key after another by its text, those of a key in log order.
  void each_by_key(storage::Session session, const KeyRange& range,
                   const std::function<void(const EventPtr&)>& visit) const;

  /// A logged event with a payload that an operator has edited, held against its own: where it
  /// changes more than the event's type allows, the body is a `ForbiddenEdit`. The one way to an
  /// edited event.
  EventPtr with_payload(const Event& logged, std::string payload) const;

  /// The members of its payload that an operator may edit; see `EventType::editable`.
  const std::vector<std::string>& editable(const Event& event) const {
    return catalog_.editable(event.meta().kind, event.meta().version);
  }

  /// The newest place that the log has given, also where retention has removed its event; 0 where
  /// it has given none.
  static Seq newest(storage::Session session);

  /// The first event after `after` that is there: retention leaves gaps.
  struct Place {
    Seq seq;
    core::Timestamp occurred_at;
  };
  std::optional<Place> first_after(storage::Session session, Seq after) const;

 private:
  EventPtr read(const storage::Rows& rows) const;

  const Catalog& catalog_;
};

}  // namespace orderflow::events
