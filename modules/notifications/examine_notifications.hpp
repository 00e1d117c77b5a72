#pragma once

#include "host/examination.hpp"

namespace orderflow::notifications {

/// Adds the check of the notifications module: each event that is to be told has been told of once.
void examine_notifications(host::Examination& examination);

}  // namespace orderflow::notifications
