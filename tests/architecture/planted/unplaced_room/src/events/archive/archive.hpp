#pragma once

#include "events/log/event.hpp"
