#pragma once

#include "preferences/preferences.hpp"
#include "storage/connection.hpp"

#include <string_view>

namespace orderflow::notifications {

/// All SQL about what users want. Cheap to make, valid while its session is.
class PreferenceStore {
 public:
  explicit PreferenceStore(storage::Session session) : session_(session) {}

  Preferences find(std::string_view user_id);

  /// Puts `preferences` in the place of those there are.
  void put(std::string_view user_id, const Preferences& preferences, core::Timestamp now);

  /// The user wants no more of `kind`; all else stays.
  void refuse(std::string_view user_id, Kind kind, core::Timestamp now);

 private:
  storage::Session session_;
};

}  // namespace orderflow::notifications
