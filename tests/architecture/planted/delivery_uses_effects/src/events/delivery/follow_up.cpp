#include "events/effects/key_queues.hpp"
