#include "app/modules.hpp"
