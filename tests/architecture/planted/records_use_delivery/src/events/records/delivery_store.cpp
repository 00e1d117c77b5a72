#include "events/delivery/feed.hpp"
