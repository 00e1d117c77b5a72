#include "commands/command_line.hpp"
#include "host/host.hpp"
#include "orders/module.hpp"
#include "rabbitmq/bridge.hpp"
