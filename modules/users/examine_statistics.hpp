#pragma once

#include "host/examination.hpp"

namespace orderflow::users {

/// Adds the check of the users module: the statistics, counted anew from the log.
void examine_statistics(host::Examination& examination);

}  // namespace orderflow::users
