#include "admin/admin_api.hpp"
