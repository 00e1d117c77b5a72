#include "events/remote/relay.hpp"
