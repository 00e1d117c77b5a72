#include "rabbitmq/bridge.hpp"
