#include "../../src/core/clock.hpp"
