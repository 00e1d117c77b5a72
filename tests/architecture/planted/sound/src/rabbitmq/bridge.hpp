#pragma once

#include "bridge/bridge.hpp"
#include "core/clock.hpp"
#include "events/event.hpp"
#include "storage/connection.hpp"
#include "telemetry/log.hpp"
