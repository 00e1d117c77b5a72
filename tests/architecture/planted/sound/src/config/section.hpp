#pragma once

#include "config/rules.hpp"
#include "core/clock.hpp"
