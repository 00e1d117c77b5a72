#pragma once

#include "app/main.hpp"
