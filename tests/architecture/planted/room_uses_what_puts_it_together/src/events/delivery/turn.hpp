#pragma once

#include "events/dispatcher.hpp"
