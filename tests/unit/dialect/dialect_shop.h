/* dialect_shop.h: the tables that the dialects' tests start from. Included last: it takes the words of
 * emitted C. */
#ifndef DIALECT_SHOP_H
#define DIALECT_SHOP_H

#include "dialect_support.h"
#include "migen_words.h"

static const migen_table shop_groups = {
    .name = "groups",
    COLUMNS({.name = "id", .type = ID, .primary_key = true},
            {.name = "name", .type = VARCHAR(50), .not_null = true, .unique = true}),
};

static const migen_table shop_users = {
    .name = "users",
    COLUMNS({.name = "id", .type = ID, .primary_key = true},
            {.name = "email", .type = VARCHAR(255), .not_null = true},
            {.name = "state", .type = ENUM("status"), .not_null = true, .default_value = "'pending'"},
            {.name = "active", .type = BOOL, .not_null = true, .default_value = "true"},
            {.name = "age", .type = TEXT}, {.name = "doc", .type = JSON, .default_value = "'{}'"},
            {.name = "group_id", .references = "groups", .on_delete = MIGEN_CASCADE},
            {.name = "made_at", .type = TIMESTAMPTZ, .not_null = true, .default_value = "now()"}),
    CONSTRAINTS(CHECK(.name = "users_email_long", .expression = "length(email) > 2")),
    INDEXES({.name = "users_state_idx", ITEMS({.column = "state"}), .where = "active"}),
};

static const migen_step shop_steps[] = {
    SAFE_CREATE_ENUM("status", "pending", "active"),
    SAFE_CREATE_TABLE(&shop_groups),
    SAFE_CREATE_TABLE(&shop_users),
};

static inline support shop_new(migen_engine engine)
{
    support t = support_new(engine);
    for (size_t i = 0; i < sizeof shop_steps / sizeof *shop_steps; i++)
        support_apply(&t, &shop_steps[i]);
    support_settle(&t);
    return t;
}

#endif
