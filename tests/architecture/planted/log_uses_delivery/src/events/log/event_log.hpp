#pragma once

#include "events/delivery/turn.hpp"
