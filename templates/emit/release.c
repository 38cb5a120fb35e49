/*
 * @PROJECT@-migrate @RELEASE@: @COUNT@ migrations of @PROJECT@, as one C file.
 *
 * Release hash  @HASH@
 * Made by       migen @MIGEN@, from the .mig files that the comments name: change those, not this.
 * Compile       cc -std=c11 -O1 THIS.c -lsqlite3 -lpq
 *               -DMIGEN_NO_POSTGRES and -DMIGEN_NO_SQLITE leave an engine out, and its library.
 * Runtime       An installed one of the same version is taken; else the copy that this file carries
 *               (-DMIGEN_BUNDLED_RUNTIME takes the copy always).
 */
#ifndef _DEFAULT_SOURCE
#define _DEFAULT_SOURCE
#endif
#ifndef _POSIX_C_SOURCE
#define _POSIX_C_SOURCE 200809L
#endif

/* @insert runtime */
/* @insert functions */

/* @insert words */

/* ---- The migrations, parents first ---- */
/* @insert migrations */

/* ---- The release ---- */
/* @insert release */

int main(int argc, char **argv)
{
    return migen_main(&release, argc, argv);
}
/* @insert called */
