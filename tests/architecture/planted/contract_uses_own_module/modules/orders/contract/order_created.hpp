#pragma once

#include "order.hpp"
