#include "books/unbooked.hpp"

#include "telemetry/log.hpp"

#include <utility>

namespace orderflow::billing {
namespace {

std::string_view name_of(Unbooked::Subject subject) noexcept {
  switch (subject) {
    case Unbooked::Subject::charge:
      return "charge";
    case Unbooked::Subject::refund:
      return "refund";
    case Unbooked::Subject::dispute:
      break;
  }
  return "dispute";
}

}  // namespace

void cannot_book(events::Turn& turn, const Unbooked& unbooked) {
  const bool is_known =
      turn.db().execute(
          "UPDATE billing_unbooked SET why = ?2, is_confirmed = 1 WHERE reference = ?1",
          unbooked.reference, unbooked.why) == 1;
  if (is_known) return;
  turn.db().execute(
      "INSERT INTO billing_unbooked(reference, subject, charge_reference, why, found_at)"
      " VALUES (?1, ?2, ?3, ?4, ?5)",
      unbooked.reference, name_of(unbooked.subject), unbooked.charge_reference, unbooked.why,
      turn.now());
  telemetry::log("billing").critical(
      "the gateway's books say what cannot be booked {}={} charge={}"
      " because=\"{}\"",
      name_of(unbooked.subject), unbooked.reference, unbooked.charge_reference, unbooked.why);
}

UnbookedReview::UnbookedReview(events::Turn& turn, std::string charge_reference)
    : turn_(turn), charge_reference_(std::move(charge_reference)) {
  turn_.db().execute(
      "UPDATE billing_unbooked SET is_confirmed = 0"
      " WHERE charge_reference = ?1 AND subject <> 'dispute'",
      charge_reference_);
}

void UnbookedReview::conclude() {
  turn_.db().execute(
      "DELETE FROM billing_unbooked WHERE charge_reference = ?1 AND is_confirmed = 0",
      charge_reference_);
}

void dispute_is_booked(events::Turn& turn, std::string_view reference) {
  turn.db().execute("DELETE FROM billing_unbooked WHERE reference = ?1", reference);
}

}  // namespace orderflow::billing
