#pragma once

#include "config/section.hpp"
