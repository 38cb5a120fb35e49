/* Files that were damaged in all manners: never a crash, always an end, every place inside the file. */
#include "syntax/parse_support.h"

#define ROUNDS 6000

static const char *const examples[] = {
    "migration \"Groups, and who belongs to them\"      -- required, first\n"
    "after 20261120101500_create_users\n"
    "transaction none\n"
    "create enum status ('pending', 'active')\n"
    "create table groups {\n"
    "  id          id\n"
    "  owner_id    not null -> users.id on delete cascade\n"
    "  state       status not null default 'pending'\n"
    "  total       numeric(10,2) not null default 0 check (total >= 0)\n"
    "  label       text as (upper(name)) stored\n"
    "  unique groups_owner_name (owner_id, name)\n"
    "  foreign key fk_x (a, b) -> other (a, b) on delete set null on update cascade\n"
    "  index ix_groups_name (lower(name) desc, (a || b)) where (x > 0)\n"
    "} strict\n",
    "migration \"x\"\n"
    "add columns users { bio text\n                    avatar_url varchar(1024) }\n"
    "alter table t {\n  add column x native(postgres 'a', sqlite 'b')\n  drop columns (a, b)\n  alter column "
    "c null\n}\n"
    "create function f(int) { CREATE FUNCTION f() AS $x$ SELECT '}' $x$ }\n"
    "create trigger t on users { CREATE TRIGGER t AFTER INSERT ON users BEGIN SELECT 1; SELECT 2; END }\n"
    "comment on column t.c 'it''s'\n"
    "down never \"reason\"\n",
    "migration \"x\"\n"
    "run \"description\" { UPDATE a SET b = E'\\'}' /* } /* */ */ } when { SELECT 1 } undo { SELECT \"}\" }\n"
    "seed groups (name, label) key (name) update {\n  'admin', x'0aff'\n  'staff', (1 + 2)\n  'x', now()\n}\n"
    "backfill users set (full_name = f(a, b), c = 1) where (full_name is null)\n         by id batch 5000 "
    "pause 10ms\n"
    "call rehash from \"rehash.c\" undo none\n"
    "if not table users { say \"x\" } else { on postgres { if { SELECT 1 } { drop table x } } }\n"
    "if enum value status 'x' { drop table y cascade }\n"
    "down {\n  drop table \"\xC3\xBC\" # comment\n}\n",
};

static uint32_t number;

static size_t random_below(size_t limit)
{
    number = number * 1664525u + 1013904223u;
    return limit == 0 ? 0 : (size_t)(number >> 8) % limit;
}

static const char *const pieces[] = {"{",
                                     "}",
                                     "(",
                                     ")",
                                     "[",
                                     "]",
                                     "'",
                                     "\"",
                                     ";",
                                     "\n",
                                     "\t",
                                     "\r\n",
                                     ",",
                                     ".",
                                     "->",
                                     "--",
                                     "#",
                                     "$$",
                                     "$x$",
                                     "/*",
                                     "*/",
                                     "\\",
                                     "undo",
                                     "when",
                                     "else",
                                     "on",
                                     "key",
                                     "not null",
                                     "create table a {",
                                     "run {",
                                     "if",
                                     "1e9",
                                     "x'",
                                     "\xC3\xBC",
                                     "\xff",
                                     "\x01",
                                     "=",
                                     "`"};

/* A copy with one to five wounds: something cut out, put in, doubled, or moved. */
static char *wounded(const char *text, size_t *length)
{
    builder b = builder_new(memory);
    builder_add(&b, text);
    for (size_t wounds = 1 + random_below(5); wounds > 0; wounds--) {
        size_t at = random_below(b.length + 1), end = at + random_below(1 + random_below(40));
        if (end > b.length)
            end = b.length;
        builder next = builder_new(memory);
        builder_add_bytes(&next, b.bytes, at);
        switch (random_below(4)) {
        case 0:
            builder_add_bytes(&next, b.bytes + end, b.length - end);
            break;
        case 1:
            builder_add(&next, pieces[random_below(sizeof pieces / sizeof *pieces)]);
            builder_add_bytes(&next, b.bytes + at, b.length - at);
            break;
        case 2:
            builder_add_bytes(&next, b.bytes + at, end - at);
            builder_add_bytes(&next, b.bytes + at, b.length - at);
            break;
        default: /* the file ends here */
            if (random_below(8) != 0)
                builder_add_bytes(&next, b.bytes + at, b.length - at);
            break;
        }
        b = next;
    }
    *length = b.length;
    return b.bytes;
}

static void assert_inside(const diagnostics *d, const source_file *source)
{
    for (size_t i = 0; i < d->list.count; i++) {
        const diagnostic *one = &d->list.items[i];
        assert_ptr_equal(one->place.file, source);
        assert_true(one->place.start <= one->place.end && one->place.end <= source->length);
        assert_true(one->second_place.file == NULL || one->second_place.end <= source->length);
        assert_true(diagnostic_code_known(one->code));
        assert_true(strlen(one->message) > 0);
    }
}

static void test_migrations(void **state)
{
    (void)state;
    FILE *nowhere = fopen("/dev/null", "w");
    assert_non_null(nowhere);
    number = 1;
    for (size_t round = 0; round < ROUNDS; round++) {
        size_t length;
        arena *own = arena_new();
        char *text = wounded(examples[round % (sizeof examples / sizeof *examples)], &length);
        source_file *source = source_from(own, "a.mig", text, length);
        diagnostics d = diagnostics_new(own);
        unsigned engines = (unsigned)(1 + round % 3);
        ast_file *f = parse_migration(own, source, "1_a", engines, &d);
        assert_non_null(f);
        assert_inside(&d, source);
        diagnostics_show(&d, nowhere, "text", true);
        if (round % 10 == 0) {
            diagnostics_show(&d, nowhere, "json", false);
            diagnostics_show(&d, nowhere, "sarif", false);
        }
        if (d.error_count == 0) { /* what is understood can be written, and is the same each time */
            char *once = ast_canonical(own, f);
            diagnostics again = diagnostics_new(own);
            assert_string_equal(ast_canonical(own, parse_migration(own, source, "1_a", engines, &again)),
                                once);
        }
        arena_free(own);
        if (round % 500 == 0) {
            arena_free(memory);
            memory = arena_new();
        }
    }
    fclose(nowhere);
}

static void test_projects(void **state)
{
    (void)state;
    static const char example[] =
        "project shop\nengines sqlite, postgres -- both\nmigrations 'a b'\nlock_timeout 3s\nstrict\n";
    number = 99;
    for (size_t round = 0; round < ROUNDS / 3; round++) {
        size_t length;
        char *text = wounded(example, &length);
        source_file *source = source_from(memory, "migen.project", text, length);
        diagnostics d = diagnostics_new(memory);
        assert_non_null(parse_project(memory, source, ".", &d));
        assert_inside(&d, source);
    }
}

/* Every file that is cut off somewhere: an error, or the whole of what stands before. */
static void test_cut_off(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof examples / sizeof *examples; i++) {
        arena *own = arena_new();
        for (size_t length = 0; length < strlen(examples[i]); length++) {
            source_file *source = source_from(own, "a.mig", examples[i], length);
            diagnostics d = diagnostics_new(own);
            parse_migration(own, source, "1_a", BOTH, &d);
            assert_inside(&d, source);
        }
        arena_free(own);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(test_migrations), TEST(test_projects), TEST(test_cut_off)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
