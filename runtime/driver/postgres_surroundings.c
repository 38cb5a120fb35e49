/*
 * What a static binary with libpq needs around it. A static glibc still loads the name service modules that the target's
 * nsswitch.conf names, and OpenSSL reads a stray openssl.cnf: both are code or settings of a machine that
 * this binary was not made for, so both are turned off before the first look-up.
 */
#include "postgres_private.h"

#include "text.h"

#include <stdlib.h>
#include <string.h>

#ifdef MIGEN_STATIC
#ifdef __GLIBC__
/* Of glibc, without a header of its own. */
extern int __nss_configure_lookup(const char *database, const char *services);
#endif
/* Of libcrypto: declared here because a static link has the library, but perhaps not its headers. */
extern int OPENSSL_init_crypto(uint64_t options, const void *settings);
extern const char *OpenSSL_version(int kind);
#define SURROUNDINGS_OPENSSL_NO_LOAD_CONFIG UINT64_C(0x00000080)

void postgres_prepare_surroundings(void)
{
    static bool surroundings_prepared;
    if (surroundings_prepared)
        return;
    surroundings_prepared = true;
#ifdef __GLIBC__
    (void)__nss_configure_lookup("hosts", "files dns");
    (void)__nss_configure_lookup("passwd", "files");
    (void)__nss_configure_lookup("services", "files");
#endif
    /* Where FIPS or the like is wanted, OPENSSL_CONF says so. */
    if (getenv("OPENSSL_CONF") == NULL)
        (void)OPENSSL_init_crypto(SURROUNDINGS_OPENSSL_NO_LOAD_CONFIG, NULL);
}

/* ", OpenSSL 3.0.19" of "OpenSSL 3.0.19 27 Jan 2026". */
static char *surroundings_openssl(arena *a)
{
    const char *text = OpenSSL_version(0);
    size_t length = strcspn(text, " ");
    if (text[length] == ' ')
        length += 1 + strcspn(text + length + 1, " ");
    return arena_format(a, ", %s", arena_copy(a, text, length));
}
#else
void postgres_prepare_surroundings(void) /* a program with shared libraries belongs to its machine */
{
}

static char *surroundings_openssl(arena *a)
{
    return arena_string(a, "");
}
#endif

char *postgres_library_version(arena *a)
{
    int version = PQlibVersion();
    return arena_format(a, "libpq %d.%d%s", version / 10000, version % 10000, surroundings_openssl(a));
}
