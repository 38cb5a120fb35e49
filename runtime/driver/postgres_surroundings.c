/*
 * What a static binary needs around it. A static glibc still loads the name service modules that the target's
 * nsswitch.conf names, and OpenSSL reads a stray openssl.cnf: both are code or settings of a machine that
 * this binary was not made for, so both are turned off before the first look-up.
 */
#include "driver.h"

#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#if defined(MIGEN_STATIC) && !defined(MIGEN_NO_POSTGRES)
#ifdef __GLIBC__
/* Of glibc, without a header of its own. */
extern int __nss_configure_lookup(const char *database, const char *services);
#endif
/* Of libcrypto: a static link has the library, but perhaps not its headers. */
extern int OPENSSL_init_crypto(uint64_t options, const void *settings);
#define SURROUNDINGS_OPENSSL_NO_LOAD_CONFIG UINT64_C(0x00000080)

static void surroundings_of_static_binary(void)
{
#ifdef __GLIBC__
    (void)__nss_configure_lookup("hosts", "files dns");
    (void)__nss_configure_lookup("passwd", "files");
    (void)__nss_configure_lookup("services", "files");
#endif
    /* Where FIPS or the like is wanted, OPENSSL_CONF says so. */
    if (getenv("OPENSSL_CONF") == NULL)
        (void)OPENSSL_init_crypto(SURROUNDINGS_OPENSSL_NO_LOAD_CONFIG, NULL);
}
#endif

void driver_prepare_surroundings(void)
{
    static bool surroundings_prepared;
    if (surroundings_prepared)
        return;
    surroundings_prepared = true;
    /* A closed log or a dead server must be an error to handle, not the end in the middle of an index build.
     * A handler of the program's own is left as it is. */
    struct sigaction action;
    if (sigaction(SIGPIPE, NULL, &action) == 0 && action.sa_handler == SIG_DFL) {
        action.sa_handler = SIG_IGN;
        (void)sigaction(SIGPIPE, &action, NULL);
    }
#if defined(MIGEN_STATIC) && !defined(MIGEN_NO_POSTGRES)
    surroundings_of_static_binary();
#endif
}
