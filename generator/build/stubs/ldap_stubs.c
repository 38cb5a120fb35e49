/*
 * ldap_stubs.c: LDAP for a static link, by saying that there is none.
 *
 * Idea       Debian's libpq.a can look services up in LDAP (manual 34.18), for which the static libraries
 * lack parts. These are the twelve symbols that it leaves open. ldap_init gives no connection, of which libpq
 * tells the user; the others are never reached, and harmless if they were. Invariant  As in gss_stubs.c: an
 * archive member of its own, pulled in only where the symbols are open. Sources    RFC 1823 (the LDAP
 * interface for C).
 */
#include <stddef.h>

enum { LDAP_FAILED = -1, LDAP_IS_UNAVAILABLE = 0x34 };

static char ldap_refusal[] = "this program is linked statically, without LDAP: name the host in the URL";

void *ldap_init(const char *host, int port);
void *ldap_init(const char *host, int port)
{
    (void)host;
    (void)port;
    return NULL;
}

char *ldap_err2string(int code);
char *ldap_err2string(int code)
{
    (void)code;
    return ldap_refusal;
}

int ldap_set_option(void *connection, int option, const void *value);
int ldap_set_option(void *connection, int option, const void *value)
{
    (void)connection;
    (void)option;
    (void)value;
    return LDAP_IS_UNAVAILABLE;
}

int ldap_simple_bind(void *connection, const char *who, const char *password);
int ldap_simple_bind(void *connection, const char *who, const char *password)
{
    (void)connection;
    (void)who;
    (void)password;
    return LDAP_FAILED;
}

int ldap_unbind(void *connection);
int ldap_unbind(void *connection)
{
    (void)connection;
    return LDAP_IS_UNAVAILABLE;
}

int ldap_result(void *connection, int id, int all, void *timeout, void **result);
int ldap_result(void *connection, int id, int all, void *timeout, void **result)
{
    (void)connection;
    (void)id;
    (void)all;
    (void)timeout;
    *result = NULL;
    return LDAP_FAILED;
}

int ldap_search_st(void *connection, const char *base, int scope, const char *filter, char **attributes,
                   int only_names, void *timeout, void **result);
int ldap_search_st(void *connection, const char *base, int scope, const char *filter, char **attributes,
                   int only_names, void *timeout, void **result)
{
    (void)connection;
    (void)base;
    (void)scope;
    (void)filter;
    (void)attributes;
    (void)only_names;
    (void)timeout;
    *result = NULL;
    return LDAP_IS_UNAVAILABLE;
}

int ldap_count_entries(void *connection, void *result);
int ldap_count_entries(void *connection, void *result)
{
    (void)connection;
    (void)result;
    return 0;
}

void *ldap_first_entry(void *connection, void *result);
void *ldap_first_entry(void *connection, void *result)
{
    (void)connection;
    (void)result;
    return NULL;
}

void **ldap_get_values_len(void *connection, void *entry, const char *attribute);
void **ldap_get_values_len(void *connection, void *entry, const char *attribute)
{
    (void)connection;
    (void)entry;
    (void)attribute;
    return NULL;
}

void ldap_value_free_len(void **values);
void ldap_value_free_len(void **values)
{
    (void)values;
}

int ldap_msgfree(void *result);
int ldap_msgfree(void *result)
{
    (void)result;
    return 0;
}
