/*
 * hash.c: the fingerprints of migrations and of the release (language.md 5.8).
 */
#include "sema.h"

#include <openssl/evp.h>

/* SHA-256 as 64 hexadecimal digits. */
static char *sha256_text(arena *a, const char *bytes, size_t length)
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned int digest_length = 0;
    /* EVP_Digest fails only where the library has no SHA-256: then nothing could be trusted, and all hashes
     * are equal. */
    if (EVP_Digest(bytes, length, digest, &digest_length, EVP_sha256(), NULL) != 1)
        digest_length = 0;
    builder text = builder_new(a);
    for (unsigned int i = 0; i < digest_length; i++)
        builder_add_format(&text, "%02x", (unsigned)digest[i]);
    return text.bytes ? text.bytes : arena_string(a, "");
}

/* The number before the colon is the version of what is hashed, so that a later form can be told from this
 * one. */
const char *sema_hash_migration(arena *a, const checked_migration *m)
{
    const char *canonical = ast_canonical(a, m->file);
    for (size_t i = 0; i < m->called.count; i++) /* what is called is what is done */
        canonical = arena_format(a, "%s\n%s", canonical, called_text(a, m->called.items[i], false));
    return arena_format(a, "m1:%s", sha256_text(a, canonical, strlen(canonical)));
}

const char *sema_hash_release(arena *a, const checked_release *r)
{
    builder text = builder_new(a);
    builder_add(&text, r->project && r->project->name ? r->project->name : "");
    builder_add_character(&text, '\n');
    for (size_t i = 0; i < r->migrations.count; i++) {
        const migen_migration *m = &r->migrations.items[i]->migration;
        builder_add(&text, m->id);
        for (const char *const *parent = m->after; *parent; parent++) {
            builder_add_character(&text, ' ');
            builder_add(&text, *parent);
        }
        builder_add_character(&text, ' ');
        builder_add(&text, m->hash);
        builder_add_character(&text, '\n');
    }
    return arena_format(a, "r1:%s", sha256_text(a, text.bytes, text.length));
}
