/*
 * version.c: `migen version`.
 */
#include "tool.h"

int command_version(tool *t)
{
    fprintf(t->out, "migen %s\n", MIGEN_VERSION);
    if (t->verbose)
        fprintf(t->out, "runtime interface %d\nengines postgres, sqlite\n", MIGEN_ABI);
    return STATUS_OK;
}
