#pragma once

#include "storage/reader.hpp"
