#include "admin/dead_letter_json.hpp"

#include "core/uuid.hpp"
#include "events/log/cloud_event.hpp"

#include <algorithm>
#include <cstring>
#include <string>
#include <utility>

namespace orderflow::admin {
namespace {

std::string hexadecimal(const std::string& bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  for (const char byte : bytes) {
    text += digits[static_cast<unsigned char>(byte) >> 4];
    text += digits[static_cast<unsigned char>(byte) & 0x0f];
  }
  return text;
}

/// Sixteen bytes are an identifier everywhere in this database.
std::string shown(const storage::Blob& blob) {
  core::Uuid id;
  if (blob.bytes.size() != id.bytes.size()) return hexadecimal(blob.bytes);
  std::memcpy(id.bytes.data(), blob.bytes.data(), id.bytes.size());
  return id.to_string();
}

nlohmann::json cell_json(const storage::Cell& cell) {
  struct Show {
    nlohmann::json operator()(std::monostate) const { return nullptr; }
    nlohmann::json operator()(std::int64_t number) const { return number; }
    nlohmann::json operator()(double number) const { return number; }
    nlohmann::json operator()(const std::string& text) const { return text; }
    nlohmann::json operator()(const storage::Blob& blob) const { return shown(blob); }
  };
  return std::visit(Show{}, cell);
}

nlohmann::json row_json(const storage::Cells& cells) {
  if (cells.empty()) return nullptr;
  nlohmann::json document = nlohmann::json::object();
  for (const auto& [column, cell] : cells)
    document[column] = cell_json(cell);
  return document;
}

std::string_view name_of(storage::RowChange::Kind kind) noexcept {
  switch (kind) {
    case storage::RowChange::Kind::insert:
      return "insert";
    case storage::RowChange::Kind::update:
      return "update";
    case storage::RowChange::Kind::remove:
      break;
  }
  return "delete";
}

}  // namespace

nlohmann::json to_json(const events::DeadLetter& letter) {
  return {{"id", letter.id.to_text()},
          {"subscription", letter.id.subscription},
          {"sequence", letter.id.seq.value()},
          {"eventId", letter.event_id},
          {"kind", letter.kind},
          {"key", letter.key},
          {"attempts", letter.attempts},
          {"error", letter.error},
          {"failingSince", core::to_rfc3339(letter.since)},
          {"edited", letter.edited}};
}

nlohmann::json to_json(const events::AttemptRecord& attempt) {
  nlohmann::json document = {{"attempt", attempt.attempt},
                             {"startedAt", core::to_rfc3339(attempt.started_at)},
                             {"durationMs", static_cast<double>(attempt.duration.count()) / 1000.0},
                             {"error", nullptr}};
  if (attempt.error) document["error"] = *attempt.error;
  if (attempt.first_started_at) {
    document["times"] = attempt.times;
    document["firstStartedAt"] = core::to_rfc3339(*attempt.first_started_at);
  }
  return document;
}

nlohmann::json to_json(const events::DryRun& dry_run) {
  nlohmann::json document = {{"dry", true},
                             {"wouldSucceed", dry_run.error.empty()},
                             {"error", nullptr},
                             {"rows", nlohmann::json::array()},
                             {"rowsLeftOut", dry_run.rows_left_out},
                             {"events", nlohmann::json::array()}};
  if (!dry_run.error.empty()) document["error"] = dry_run.error;
  if (dry_run.is_effect) {
    document["assumes"] = "that the other side agrees: it was not asked";
  }
  for (const storage::RowChange& row : dry_run.rows) {
    document["rows"].push_back({{"table", row.table},
                                {"change", name_of(row.kind)},
                                {"before", row_json(row.before)},
                                {"after", row_json(row.after)}});
  }
  for (const auto& event : dry_run.events)
    document["events"].push_back(cloud_event(*event));
  return document;
}

}  // namespace orderflow::admin
