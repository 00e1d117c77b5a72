#pragma once

#include "events/operations/job.hpp"
