/* What SQL alone cannot do on both engines: a hash of each password, row by row. */
#include <migen/migen.h>

#include <stdint.h>
#include <stdio.h>

#define HASH_START 14695981039346656037u

/* FNV-1a, for the example's sake: a real project takes a slow, salted one. */
static void hash_text(const char *text, char out[17])
{
    uint64_t hash = HASH_START;
    for (; *text != '\0'; text++)
        hash = (hash ^ (unsigned char)*text) * 1099511628211u;
    snprintf(out, 17, "%016llx", (unsigned long long)hash);
}

int rehash_passwords(migen *m)
{
    if (!column_exists(m, "accounts", "password_hash"))
        return migen_fail(m, "there is no column for the hashes");
    migen_rows rows;
    int code = migen_query(m, "SELECT id, password FROM accounts WHERE password_hash IS NULL AND password IS NOT NULL"
                              " ORDER BY id",
                           NULL, 0, &rows);
    for (size_t i = 0; code == 0 && i < rows.row_count; i++) {
        char hash[17];
        const char *id = rows.values[i * rows.column_count], *password = rows.values[i * rows.column_count + 1];
        hash_text(password, hash);
        const char *const parameters[] = {id, hash};
        code = migen_execute(m, "UPDATE accounts SET password_hash = $2 WHERE id = CAST($1 AS bigint)", parameters, 2);
    }
    return code;
}

int forget_hashes(migen *m)
{
    return execute_sql_if_condition(m, "forgetting the hashes", "UPDATE accounts SET password_hash = NULL",
                                    "SELECT count(*) FROM accounts WHERE password_hash IS NOT NULL");
}
