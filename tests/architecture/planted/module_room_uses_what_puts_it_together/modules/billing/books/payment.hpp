#pragma once

#include "settings.hpp"
