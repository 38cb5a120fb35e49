/* `migen build` links the runtime that lies compiled inside migen. */
#include "migen_api.h"
