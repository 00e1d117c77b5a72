#include "faults/simulation/simulation.hpp"

#include <array>

namespace orderflow::simulation {
namespace {

constexpr std::array<TallyRow, 76> rows{{
    {"seeds", &Tally::runs},
    {"actions", &Tally::actions},
    {"starts", &Tally::starts},
    {"starts that failed", &Tally::failed_starts},
    {"starts without a module", &Tally::partial_starts},
    {"power losses", &Tally::power_losses},
    {"process deaths", &Tally::process_deaths},
    {"ends in good order", &Tally::orderly_ends},
    {"storage failures", &Tally::storage_failures},
    {"clock jumps", &Tally::clock_jumps},
    {"duplicated events", &Tally::injected_duplicates},
    {"late events", &Tally::injected_late},
    {"orders placed", &Tally::orders},
    {"  acknowledged", &Tally::acknowledged},
    {"  without an answer", &Tally::unanswered},
    {"repeats with an idempotency key", &Tally::repeats},
    {"  answered as before", &Tally::replayed_answers},
    {"keys used for another order", &Tally::misused_keys},
    {"cancellations asked for", &Tally::cancellations},
    {"refunds asked for by request", &Tally::partial_refunds},
    {"  promised", &Tally::promised_refunds},
    {"pauses and resumptions", &Tally::pauses},
    {"dead letters replayed one by one", &Tally::replays},
    {"bulk replays", &Tally::bulk_replays},
    {"dead letters discarded", &Tally::discards},
    {"refused: not dead", &Tally::refused_operations},
    {"rebuilds", &Tally::rebuilds},
    {"copies made and examined", &Tally::copies},
    {"  given up", &Tally::copies_given_up},
    {"snapshots that were kept open", &Tally::long_reads},
    {"  looked at again", &Tally::looks_again},
    {"  when the node had gone on", &Tally::overtaken_looks},
    {"  given up", &Tally::long_reads_given_up},
    {"checkpoints beside them", &Tally::checkpoints_beside},
    {"answers that were held", &Tally::held_answers},
    {"  for as long as was waited", &Tally::waited_out},
    {"  until the client left", &Tally::given_up_answers},
    {"not held for want of room", &Tally::answers_without_room},
    {"clients that left early", &Tally::left_early},
    {"  while their answer was held", &Tally::left_waiting},
    {"  with their answer", &Tally::left_late},
    {"API keys made", &Tally::keys_made},
    {"  rotated", &Tally::keys_rotated},
    {"  revoked", &Tally::keys_revoked},
    {"uses of keys that were granted", &Tally::keys_granted},
    {"  refused", &Tally::keys_refused},
    {"  the clock being set back", &Tally::keys_refused_after_jump},
    {"webhook endpoints made", &Tally::webhook_endpoints},
    {"  changed", &Tally::webhook_changes},
    {"  removed", &Tally::webhook_removals},
    {"requests to them", &Tally::webhook_requests},
    {"  that went wrong", &Tally::webhook_troubles},
    {"  outages of some minutes", &Tally::webhook_outages},
    {"  answered with 410", &Tally::webhooks_gone},
    {"webhooks that came", &Tally::webhooks},
    {"  copies of them", &Tally::webhook_copies},
    {"  asked for again", &Tally::webhooks_resent},
    {"  that had to come", &Tally::webhooks_awaited},
    {"events", &Tally::events},
    {"dead letters at the end", &Tally::dead_letters},
    {"events removed by retention", &Tally::removed},
    {"days that passed at once", &Tally::days},
    {"requests to the card gateway", &Tally::gateway_requests},
    {"  that went wrong", &Tally::gateway_troubles},
    {"  that came when they were given up", &Tally::late_arrivals},
    {"  with a key that was forgotten", &Tally::forgotten_keys},
    {"charges", &Tally::charges},
    {"refunds", &Tally::refunds},
    {"  by hand, at the gateway", &Tally::refunds_by_hand},
    {"events of the gateway taken", &Tally::gateway_events},
    {"  sent again", &Tally::repeated_gateway_events},
    {"  never sent", &Tally::untold_gateway_events},
    {"edited letters replayed", &Tally::edits},
    {"  refused", &Tally::refused_edits},
    {"mails", &Tally::mails},
    {"  copies of them", &Tally::mail_copies},
}};

}  // namespace

std::span<const TallyRow> tally_rows() noexcept {
  return rows;
}

Tally& Tally::operator+=(const Tally& other) {
  for (const TallyRow& row : rows)
    this->*row.count += other.*row.count;
  for (std::size_t i = 0; i < fault_kinds; ++i) {
    armed[i] += other.armed[i];
    hits[i] += other.hits[i];
  }
  return *this;
}

}  // namespace orderflow::simulation
