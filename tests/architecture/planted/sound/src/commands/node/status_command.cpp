#include "commands/client/node_access.hpp"
#include "commands/events/subscription_table.hpp"
