/*
 * main.c: migen. The order of the passes is in release.c; the commands are in tool_commands.def.
 */
#include "tool.h"

int main(int argc, char **argv)
{
    return tool_main(argc, argv, stdout, stderr);
}
