/*
 * gss_stubs.c: Kerberos for a static link, by saying that there is none.
 *
 * Idea       Debian's libpq.a is built with GSSAPI, of which no static library exists. These are the twelve
 * symbols that it leaves open. Every call fails as RFC 2744 provides for, so libpq goes on to TLS with
 * gssencmode=prefer, says its own clear error with require, and shows our words to a server that demands GSS.
 * Invariant  An archive member of its own, last on the linker's line: where libpq has no GSSAPI, or a real
 * library stands before it, nothing of this is linked. Sources    RFC 2744 (C bindings): 3.9.1 status
 * codes, 3.10 empty sets and names, 5.11 gss_display_status.
 */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

typedef struct gss_buffer {
    size_t length;
    void *value;
} gss_buffer;

enum {
    GSS_C_MECH_CODE = 2, /* what gss_display_status is asked for: the mechanism's words */
    GSS_S_COMPLETE = 0,
    GSS_S_UNAVAILABLE = 16 << 16 /* a routine error: the operation is not available */
};

/* libpq asks twice and shows "what it tried: the routine's words: the mechanism's words". */
static char gss_refusal[] = "this program is linked statically, without Kerberos (GSSAPI)";
static char gss_advice[] = "use a password or a certificate";

/* The RFC's datum: the kind of the name "service@host". */
void *GSS_C_NT_HOSTBASED_SERVICE = NULL;

uint32_t gss_display_status(uint32_t *minor, uint32_t value, int type, void *mechanism, uint32_t *more,
                            gss_buffer *text);
uint32_t gss_display_status(uint32_t *minor, uint32_t value, int type, void *mechanism, uint32_t *more,
                            gss_buffer *text)
{
    (void)value;
    (void)mechanism;
    *minor = 0;
    *more = 0;
    text->value = type == GSS_C_MECH_CODE ? gss_advice : gss_refusal;
    text->length = strlen(text->value);
    return GSS_S_COMPLETE;
}

/* The text above is not from malloc: a buffer is only emptied. */
uint32_t gss_release_buffer(uint32_t *minor, gss_buffer *buffer);
uint32_t gss_release_buffer(uint32_t *minor, gss_buffer *buffer)
{
    *minor = 0;
    buffer->length = 0;
    buffer->value = NULL;
    return GSS_S_COMPLETE;
}

/* What gives nothing back has nothing to free. */
#define GSS_RELEASE(function)                                                                                \
    uint32_t function(uint32_t *minor, void **thing);                                                        \
    uint32_t function(uint32_t *minor, void **thing)                                                         \
    {                                                                                                        \
        *minor = 0;                                                                                          \
        *thing = NULL;                                                                                       \
        return GSS_S_COMPLETE;                                                                               \
    }
GSS_RELEASE(gss_release_cred)
GSS_RELEASE(gss_release_name)

uint32_t gss_delete_sec_context(uint32_t *minor, void **context, gss_buffer *token);
uint32_t gss_delete_sec_context(uint32_t *minor, void **context, gss_buffer *token)
{
    *minor = 0;
    *context = NULL;
    if (token != NULL) {
        token->length = 0;
        token->value = NULL;
    }
    return GSS_S_COMPLETE;
}

uint32_t gss_acquire_cred(uint32_t *minor, void *name, uint32_t seconds, void *mechanisms, int usage,
                          void **credentials, void **actual_mechanisms, uint32_t *actual_seconds);
uint32_t gss_acquire_cred(uint32_t *minor, void *name, uint32_t seconds, void *mechanisms, int usage,
                          void **credentials, void **actual_mechanisms, uint32_t *actual_seconds)
{
    (void)name;
    (void)seconds;
    (void)mechanisms;
    (void)usage;
    (void)actual_mechanisms;
    (void)actual_seconds;
    *minor = 0;
    *credentials = NULL;
    return GSS_S_UNAVAILABLE;
}

uint32_t gss_import_name(uint32_t *minor, gss_buffer *text, void *type, void **name);
uint32_t gss_import_name(uint32_t *minor, gss_buffer *text, void *type, void **name)
{
    (void)text;
    (void)type;
    *minor = 0;
    *name = NULL;
    return GSS_S_UNAVAILABLE;
}

/* libpq sends what is in the output buffer whatever the outcome: it is emptied. */
static uint32_t gss_refuse(uint32_t *minor, gss_buffer *output)
{
    *minor = 0;
    if (output != NULL) {
        output->length = 0;
        output->value = NULL;
    }
    return GSS_S_UNAVAILABLE;
}

uint32_t gss_init_sec_context(uint32_t *minor, void *credentials, void **context, void *target,
                              void *mechanism, uint32_t flags, uint32_t seconds, void *bindings,
                              gss_buffer *input, void **actual_mechanism, gss_buffer *output,
                              uint32_t *actual_flags, uint32_t *actual_seconds);
uint32_t gss_init_sec_context(uint32_t *minor, void *credentials, void **context, void *target,
                              void *mechanism, uint32_t flags, uint32_t seconds, void *bindings,
                              gss_buffer *input, void **actual_mechanism, gss_buffer *output,
                              uint32_t *actual_flags, uint32_t *actual_seconds)
{
    (void)credentials;
    (void)context;
    (void)target;
    (void)mechanism;
    (void)flags;
    (void)seconds;
    (void)bindings;
    (void)input;
    (void)actual_mechanism;
    (void)actual_flags;
    (void)actual_seconds;
    return gss_refuse(minor, output);
}

uint32_t gss_wrap(uint32_t *minor, void *context, int confidential, uint32_t quality, gss_buffer *input,
                  int *state, gss_buffer *output);
uint32_t gss_wrap(uint32_t *minor, void *context, int confidential, uint32_t quality, gss_buffer *input,
                  int *state, gss_buffer *output)
{
    (void)context;
    (void)confidential;
    (void)quality;
    (void)input;
    (void)state;
    return gss_refuse(minor, output);
}

uint32_t gss_unwrap(uint32_t *minor, void *context, gss_buffer *input, gss_buffer *output, int *state,
                    uint32_t *quality);
uint32_t gss_unwrap(uint32_t *minor, void *context, gss_buffer *input, gss_buffer *output, int *state,
                    uint32_t *quality)
{
    (void)context;
    (void)input;
    (void)state;
    (void)quality;
    return gss_refuse(minor, output);
}

uint32_t gss_wrap_size_limit(uint32_t *minor, void *context, int confidential, uint32_t quality,
                             uint32_t output_size, uint32_t *input_size);
uint32_t gss_wrap_size_limit(uint32_t *minor, void *context, int confidential, uint32_t quality,
                             uint32_t output_size, uint32_t *input_size)
{
    (void)context;
    (void)confidential;
    (void)quality;
    (void)output_size;
    *input_size = 0;
    return gss_refuse(minor, NULL);
}
