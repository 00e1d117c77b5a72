#include "events/operations/audit.hpp"
