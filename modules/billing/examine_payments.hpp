#pragma once

#include "host/examination.hpp"

namespace orderflow::billing {

/// Adds the checks of the billing module: the payments against what the log says of them.
void examine_payments(host::Examination& examination);

}  // namespace orderflow::billing
