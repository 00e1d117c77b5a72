#pragma once

#include <string>
#include "core/clock.hpp"
