#include "telemetry/log.hpp"
