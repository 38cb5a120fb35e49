#include "names_plain.h"

#include "operation_cases.h"
