#pragma once

#include "host/module_integrity.hpp"

namespace orderflow::billing {

/// Checks that refunds and disputes add up to what their payments count, that nothing stands in the
/// gateway's books that could not be booked, that the log knows each that was
/// made and no other, that those under way are going to be made, and that every idempotency key
/// stands for a refund that is there.
void check_refunds(host::ModuleIntegrity& integrity);

}  // namespace orderflow::billing
