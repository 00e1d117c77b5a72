#pragma once

#include "core/clock.hpp"
#include "events/turn/turn.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace orderflow::billing {

/// Something that the gateway's books say of our money and that ours cannot, such as more paid back
/// than was charged. A person has to look.
struct Unbooked {
  enum class Subject { charge, refund, dispute };
  Subject subject;
  std::string reference;         ///< the gateway's name for the subject
  std::string charge_reference;  ///< and for the charge that it belongs to
  std::string why;               ///< a clause: "refund re_1 is …"
};

/// Keeps it, for `orderflow doctor` to show, and tells the operator by a critical log line the
/// first time.
void cannot_book(events::Turn& turn, const Unbooked& unbooked);

/// While one lives what is kept of a charge and its refunds is compared anew: what `cannot_book` is
/// not called for again until `conclude` is kept no longer. Disputes stay, as they are told apart.
class UnbookedReview {
 public:
  UnbookedReview(events::Turn& turn, std::string charge_reference);
  UnbookedReview(const UnbookedReview&) = delete;
  UnbookedReview& operator=(const UnbookedReview&) = delete;

  void conclude();

 private:
  events::Turn& turn_;
  const std::string charge_reference_;
};

/// What was kept of a dispute is no longer true.
void dispute_is_booked(events::Turn& turn, std::string_view reference);

}  // namespace orderflow::billing
