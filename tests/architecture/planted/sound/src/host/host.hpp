#pragma once

#include "config/section.hpp"
#include "core/clock.hpp"
#include "events/event.hpp"
#include "http/server.hpp"
#include "storage/connection.hpp"
#include "telemetry/log.hpp"
