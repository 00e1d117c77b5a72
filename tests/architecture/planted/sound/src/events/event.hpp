#pragma once

#include "core/clock.hpp"
#include "storage/connection.hpp"
#include "telemetry/log.hpp"
