#include "events/delivery/subscription.hpp"
