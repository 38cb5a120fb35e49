#include "names_hostile.h"

#include "operation_cases.h"
