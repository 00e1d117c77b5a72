#include "rabbitmq/routing.hpp"
