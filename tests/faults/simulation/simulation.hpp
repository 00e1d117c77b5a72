#pragma once

#include "faults/findings.hpp"
#include "faults/simulation/disk/faults.hpp"

#include <array>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>

namespace orderflow::simulation {

/// What happened in a run, or in several.
struct Tally {
  std::uint64_t runs = 0;
  std::uint64_t actions = 0;
  std::uint64_t starts = 0;
  std::uint64_t failed_starts = 0;
  std::uint64_t partial_starts = 0;  ///< without one of the modules
  std::uint64_t power_losses = 0;
  std::uint64_t process_deaths = 0;
  std::uint64_t orderly_ends = 0;
  std::uint64_t storage_failures = 0;
  std::uint64_t clock_jumps = 0;
  std::uint64_t injected_duplicates = 0;
  std::uint64_t injected_late = 0;
  std::array<std::uint64_t, fault_kinds> armed{};
  std::array<std::uint64_t, fault_kinds> hits{};
  std::uint64_t orders = 0;
  std::uint64_t acknowledged = 0;
  std::uint64_t unanswered = 0;
  std::uint64_t repeats = 0;
  std::uint64_t replayed_answers = 0;
  std::uint64_t misused_keys = 0;
  std::uint64_t cancellations = 0;
  std::uint64_t partial_refunds = 0;
  std::uint64_t promised_refunds = 0;
  std::uint64_t pauses = 0;
  std::uint64_t replays = 0;
  std::uint64_t bulk_replays = 0;
  std::uint64_t discards = 0;
  std::uint64_t refused_operations = 0;
  std::uint64_t rebuilds = 0;
  std::uint64_t copies = 0;
  std::uint64_t copies_given_up = 0;
  std::uint64_t long_reads = 0;
  std::uint64_t looks_again = 0;
  std::uint64_t overtaken_looks = 0;  ///< the node had gone on
  std::uint64_t long_reads_given_up = 0;
  std::uint64_t checkpoints_beside = 0;  ///< while somebody read
  std::uint64_t held_answers = 0;
  std::uint64_t waited_out = 0;            ///< for as long as the client would wait
  std::uint64_t given_up_answers = 0;      ///< until the client left
  std::uint64_t answers_without_room = 0;  ///< not held, as no more may be
  std::uint64_t left_early = 0;            ///< clients, before their answer was held
  std::uint64_t left_waiting = 0;          ///< while it was
  std::uint64_t left_late = 0;             ///< with it
  std::uint64_t keys_made = 0;
  std::uint64_t keys_rotated = 0;
  std::uint64_t keys_revoked = 0;
  std::uint64_t keys_granted = 0;  ///< uses of keys
  std::uint64_t keys_refused = 0;
  std::uint64_t keys_refused_after_jump = 0;  ///< the clock was before their revocation
  std::uint64_t webhook_endpoints = 0;        ///< made
  std::uint64_t webhook_changes = 0;
  std::uint64_t webhook_removals = 0;
  std::uint64_t webhook_requests = 0;
  std::uint64_t webhook_troubles = 0;
  std::uint64_t webhook_outages = 0;
  std::uint64_t webhooks_gone = 0;   ///< answered with 410
  std::uint64_t webhooks = 0;        ///< that came
  std::uint64_t webhook_copies = 0;  ///< of them
  std::uint64_t webhooks_resent = 0;
  std::uint64_t webhooks_awaited = 0;  ///< that had to come
  std::uint64_t events = 0;
  std::uint64_t dead_letters = 0;
  std::uint64_t charges = 0;
  std::uint64_t refunds = 0;
  std::uint64_t days = 0;  ///< that passed at once
  std::uint64_t gateway_requests = 0;
  std::uint64_t gateway_troubles = 0;
  std::uint64_t forgotten_keys = 0;  ///< that were used again
  std::uint64_t late_arrivals = 0;
  std::uint64_t refunds_by_hand = 0;
  std::uint64_t gateway_events = 0;
  std::uint64_t repeated_gateway_events = 0;
  std::uint64_t untold_gateway_events = 0;
  std::uint64_t edits = 0;
  std::uint64_t refused_edits = 0;
  std::uint64_t removed = 0;  ///< events, by retention
  std::uint64_t mails = 0;
  std::uint64_t mail_copies = 0;

  Tally& operator+=(const Tally& other);
};

/// What one of its numbers counts, in words.
struct TallyRow {
  const char* title;
  std::uint64_t Tally::*count;
};

/// Every number but those of the faults, in the order in which they are read.
std::span<const TallyRow> tally_rows() noexcept;

struct Result {
  std::string trace;
  Tally tally;
  test::Findings findings;
};

/// One whole run, decided by its seed alone: a node at work, everything that can go wrong, its last
/// recovery, and the verdict. `folder` is a real one that the node may lock.
Result simulate(std::uint64_t seed, const std::filesystem::path& folder);

}  // namespace orderflow::simulation
