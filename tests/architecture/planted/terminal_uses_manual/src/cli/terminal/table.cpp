#include "cli/manual.hpp"
