#pragma once

#include "settling/settle_charge.hpp"
