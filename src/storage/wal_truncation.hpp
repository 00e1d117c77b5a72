#pragma once

#include "storage/connection.hpp"

namespace orderflow::storage {

/// On the connection that writes, outside a transaction: gives the space of the write-ahead log
/// back. False where somebody still reads from it: then nothing is waited for, as every write would
/// wait along, and a later scan tries again.
bool give_log_back(Connection& connection);

}  // namespace orderflow::storage
