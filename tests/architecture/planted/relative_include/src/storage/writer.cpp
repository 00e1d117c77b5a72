#include "../core/clock.hpp"
