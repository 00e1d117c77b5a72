#pragma once

#include <boost/beast/http.hpp>
#include "core/clock.hpp"
#include "telemetry/log.hpp"
