#pragma once

#include "host/host.hpp"
