#include "rabbitmq/settings.hpp"
