#include "key_admin/key_json.hpp"
