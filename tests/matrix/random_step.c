#include "random_parts.h"

typedef struct random_choice {
    unsigned weight;
    random_making make;
} random_choice;

/* What both engines have, and what one of them has alone or says in its own way. */
static const random_choice of_both[] = {
    {12, make_table},    {4, make_enum},   {8, change_enum},  {8, change_some_table}, {8, add_columns},
    {18, change_column}, {5, make_index},  {5, change_index}, {8, make_constraint},   {5, change_constraint},
    {5, make_view},      {4, drop_view},   {3, ensure_more},  {4, make_seed},         {3, make_backfill},
    {3, make_run},       {2, make_saying},
};
static const random_choice of_postgres[] = {
    {3, make_space},     {3, make_sequence}, {3, make_materialized_view}, {2, drop_view},
    {4, make_trigger},   {2, drop_trigger},  {2, make_function},          {2, drop_function},
    {4, add_own_column}, {4, make_comment},
};
static const random_choice of_sqlite[] = {{4, make_trigger}, {2, drop_trigger}, {3, add_own_column}};

static bool choose(random_maker *m, const random_choice *choices, size_t count, migen_step *out)
{
    unsigned all = 0;
    for (size_t i = 0; i < count; i++)
        all += choices[i].weight;
    unsigned at = random_below(m->r, all);
    for (size_t i = 0; i < count; i++) {
        if (at < choices[i].weight)
            return choices[i].make(m, out);
        at -= choices[i].weight;
    }
    return false;
}

bool random_step(random_state *r, arena *a, const schema *s, migen_step *out)
{
    random_maker m = {.r = r, .a = a, .s = s};
    if (s->tables.count == 0)
        return one_in(&m, 4) ? make_enum(&m, out) : make_table(&m, out);
    return choose(&m, of_both, sizeof of_both / sizeof *of_both, out);
}

bool random_engine_step(random_state *r, arena *a, const schema *s, migen_step *out)
{
    random_maker m = {.r = r, .a = a, .s = s};
    if (one_in(&m, 3))
        return random_step(r, a, s, out);
    if (s->engine == MIGEN_SQLITE)
        return choose(&m, of_sqlite, sizeof of_sqlite / sizeof *of_sqlite, out);
    return choose(&m, of_postgres, sizeof of_postgres / sizeof *of_postgres, out);
}
