#pragma once

#include "events/log/catalog.hpp"
#include "events/log/event.hpp"
#include "storage/connection.hpp"

#include <cstdint>
#include <functional>
#include <map>
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

/// The store of the log: all SQL on `event_log`, and on `event_retention` and `event_removed`,
/// which note how far the log has been removed, and what had come from other nodes. Every function
/// works on a session of `event_owner`, what changes something on the writer's within a
/// transaction, all else on a reader's as well; the catalog gives the typed bodies. Stateless, safe
/// from any thread.
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
    Seq scanned_to;  ///< all up to here was looked at: where to continue
    bool end;        ///< nothing after `scanned_to` was there
  };

  /// Up to `limit` events after `after` in log order that pass the filter. Looks at a bounded
  /// number of rows, so a page can be short or empty before the end; continue at `scanned_to`.
  Page page(storage::Session session, Seq after, const Filter& filter, std::size_t limit) const;

  /// Events of interest in (after, upto], at most `limit`, in log order.
  EventList of_interest(storage::Session session, Seq after, Seq upto, const Interest& interest,
                        std::size_t limit) const;

  /// What of an event shows whom it concerns.
  struct Heading {
    Seq seq;
    core::Uuid id;
    std::string kind;
    std::string key;
    std::string audience;
  };

  /// The headings of the events in (after, upto], without a look at their payloads.
  std::vector<Heading> headings(storage::Session session, Seq after, Seq upto) const;

  /// True where none of the copies of the event `id` that came for one of `modules` is before
  /// `seq`.
  bool is_first_copy(storage::Session session, const core::Uuid& id, Seq seq,
                     const std::vector<std::string_view>& modules) const;

  /// How many events there are in (after, upto], by kind.
  std::map<std::string, std::int64_t, std::less<>> count_by_kind(storage::Session session,
                                                                 Seq after, Seq upto) const;

  /// Up to here retention has removed what nothing refers to.
  static Seq removed_to(storage::Session session);

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

  /// The newest position that the log has given, also where retention has removed its event; 0
  /// where it has given none.
  static Seq newest(storage::Session session);

  /// The first event after `after` that is there: retention leaves gaps.
  struct LogEntry {
    Seq seq;
    core::Timestamp occurred_at;
  };
  static std::optional<LogEntry> first_after(storage::Session session, Seq after);
  /// The events in (after, upto], at most `limit`, in log order.
  static std::vector<LogEntry> entries(storage::Session session, Seq after, Seq upto,
                                       std::size_t limit);

  /// The node on which the chain of the key's first event began; nothing: the log has none of it.
  static std::optional<std::string> home_of(storage::Session session, std::string_view key);

  /// Where the event of this id is that was published here, or received for this module.
  static std::optional<Seq> position_of(storage::Session session, const core::Uuid& id,
                                        std::string_view audience);

  /// The key of the event that has `skipped` events behind `after` before it, by the order of the
  /// keys, of those that have the length of identifiers.
  static std::optional<std::string> key_after(storage::Session session, std::string_view after,
                                              std::int64_t skipped);

  /// Writes an event at the position that it has. False, and nothing is written, where the log has
  /// its id for this audience already.
  static bool append(storage::Session session, const EventMeta& meta, std::string_view payload);

  /// The position of the `events_max`-th event in (after, upto], or of the last one; nothing: there
  /// is none.
  static std::optional<Seq> end_of_step(storage::Session session, Seq after, Seq upto,
                                        std::size_t events_max);
  /// Removes the events in (after, upto] that no delivery refers to. How many these were. Of those
  /// that came from another node since `remember_from` it remembers that they came.
  static std::int64_t remove(storage::Session session, Seq after, Seq upto,
                             core::Timestamp remember_from);
  /// True where the event of this id came for this module and was removed since.
  static bool was_removed(storage::Session session, const core::Uuid& id,
                          std::string_view audience);
  /// Forgets up to `limit` removed events from before `remember_from`.
  static void forget_removed(storage::Session session, core::Timestamp remember_from,
                             std::size_t limit);
  /// Whether an event from before then had come and was removed is not known any more.
  static core::Timestamp remembers_since(storage::Session session);
  /// Notes that events up to `upto` are removed, and that these are so many more.
  static void note_removed(storage::Session session, Seq upto, std::int64_t removed);

 private:
  EventPtr read(const storage::Rows& rows) const;

  const Catalog& catalog_;
};

}  // namespace orderflow::events
