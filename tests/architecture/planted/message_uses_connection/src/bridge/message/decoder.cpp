#include "bridge/connection/errors.hpp"
