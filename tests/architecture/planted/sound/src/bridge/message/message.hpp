#pragma once

#include "core/clock.hpp"
