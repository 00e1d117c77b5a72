#pragma once

#include "http/server.hpp"
