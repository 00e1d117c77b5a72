#include "preferences/preference_store.hpp"

namespace orderflow::notifications {

Preferences PreferenceStore::find(std::string_view user_id) {
  Preferences preferences;
  {
    auto rows = session_.query(
        "SELECT language, opted_out, updated_at FROM notifications_preference WHERE user_id = ?1",
        user_id);
    if (!rows.next()) return preferences;
    preferences.language = rows.get<std::string>(0);
    preferences.opted_out = rows.get<bool>(1);
    preferences.updated_at = rows.get<core::Timestamp>(2);
  }
  auto rows =
      session_.query("SELECT kind FROM notifications_refused_kind WHERE user_id = ?1", user_id);
  while (rows.next()) {
    if (const auto kind = parse_kind(rows.get<std::string_view>(0))) {
      preferences.not_wanted.insert(*kind);
    }
  }
  return preferences;
}

void PreferenceStore::put(std::string_view user_id, const Preferences& preferences,
                          core::Timestamp now) {
  session_.execute(
      "INSERT INTO notifications_preference(user_id, language, opted_out, updated_at)"
      " VALUES (?1, ?2, ?3, ?4) ON CONFLICT (user_id) DO UPDATE SET language = excluded.language,"
      " opted_out = excluded.opted_out, updated_at = excluded.updated_at",
      user_id, preferences.language, preferences.opted_out, now);
  session_.execute("DELETE FROM notifications_refused_kind WHERE user_id = ?1", user_id);
  for (const Kind kind : preferences.not_wanted) {
    session_.execute("INSERT INTO notifications_refused_kind(user_id, kind) VALUES (?1, ?2)",
                     user_id, to_string(kind));
  }
}

void PreferenceStore::refuse(std::string_view user_id, Kind kind, core::Timestamp now) {
  Preferences preferences = find(user_id);
  // A click that comes again changes nothing, not even the time.
  if (!preferences.not_wanted.insert(kind).second) return;
  put(user_id, preferences, now);
}

}  // namespace orderflow::notifications
