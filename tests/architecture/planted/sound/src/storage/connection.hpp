#pragma once

#include <sqlite3.h>
#include "core/clock.hpp"
#include "telemetry/log.hpp"
