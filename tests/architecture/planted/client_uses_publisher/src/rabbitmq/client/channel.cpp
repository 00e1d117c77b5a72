#include "rabbitmq/publisher.hpp"
