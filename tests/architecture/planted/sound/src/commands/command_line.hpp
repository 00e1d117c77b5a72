#pragma once

#include "app/serve.hpp"
