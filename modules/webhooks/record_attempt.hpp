#pragma once

#include "audience.hpp"
#include "delivery.hpp"
#include "events/turn.hpp"
#include "sending/verdict.hpp"
#include "settings.hpp"

namespace orderflow::webhooks {

/// An attempt that has ended, with what is to be done about it.
struct AttemptReport {
  EndpointId endpoint;
  events::Seq seq;
  Attempt attempt;
  Verdict verdict;
};

/// Writes down an attempt and what follows from it: how its delivery stands, who may go next of its
/// key, and how its endpoint fares. What was ended meanwhile (the endpoint deleted, the delivery
/// canceled) stays ended. Returns the endpoint's failures in a row.
int record_attempt(events::Turn& turn, const AttemptReport& report, const Settings& settings,
                   Audience& audience);

}  // namespace orderflow::webhooks
