#include "faults/simulation/simulation.hpp"

namespace orderflow::simulation {

Tally& Tally::operator+=(const Tally& other) {
  constexpr std::array figures = {&Tally::runs,
                                  &Tally::actions,
                                  &Tally::starts,
                                  &Tally::failed_starts,
                                  &Tally::power_losses,
                                  &Tally::process_deaths,
                                  &Tally::orderly_ends,
                                  &Tally::storage_failures,
                                  &Tally::clock_jumps,
                                  &Tally::injected_duplicates,
                                  &Tally::injected_late,
                                  &Tally::orders,
                                  &Tally::acknowledged,
                                  &Tally::unanswered,
                                  &Tally::events,
                                  &Tally::dead_letters,
                                  &Tally::repeats,
                                  &Tally::replayed_answers,
                                  &Tally::misused_keys,
                                  &Tally::cancellations,
                                  &Tally::partial_refunds,
                                  &Tally::promised_refunds,
                                  &Tally::pauses,
                                  &Tally::replays,
                                  &Tally::bulk_replays,
                                  &Tally::discards,
                                  &Tally::refused_operations,
                                  &Tally::rebuilds,
                                  &Tally::copies,
                                  &Tally::copies_given_up,
                                  &Tally::long_reads,
                                  &Tally::looks_again,
                                  &Tally::overtaken_looks,
                                  &Tally::long_reads_given_up,
                                  &Tally::checkpoints_beside,
                                  &Tally::held_answers,
                                  &Tally::waited_out,
                                  &Tally::given_up_answers,
                                  &Tally::answers_without_room,
                                  &Tally::left_early,
                                  &Tally::left_waiting,
                                  &Tally::left_late,
                                  &Tally::keys_made,
                                  &Tally::keys_rotated,
                                  &Tally::keys_revoked,
                                  &Tally::keys_granted,
                                  &Tally::keys_refused,
                                  &Tally::keys_refused_after_jump,
                                  &Tally::charges,
                                  &Tally::refunds,
                                  &Tally::days,
                                  &Tally::gateway_requests,
                                  &Tally::gateway_troubles,
                                  &Tally::forgotten_keys,
                                  &Tally::late_arrivals,
                                  &Tally::refunds_by_hand,
                                  &Tally::gateway_events,
                                  &Tally::repeated_gateway_events,
                                  &Tally::untold_gateway_events,
                                  &Tally::edits,
                                  &Tally::refused_edits,
                                  &Tally::removed,
                                  &Tally::mails,
                                  &Tally::mail_copies};
  for (const auto figure : figures)
    this->*figure += other.*figure;
  for (std::size_t i = 0; i < fault_kinds; ++i) {
    armed[i] += other.armed[i];
    hits[i] += other.hits[i];
  }
  return *this;
}

}  // namespace orderflow::simulation
