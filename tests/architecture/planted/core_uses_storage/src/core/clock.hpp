#pragma once

#include "storage/connection.hpp"
