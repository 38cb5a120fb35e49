#include "verify.h"

#include "lock.h"
#include "text.h"
#include "universe.h"
#include "version.h"

static status verify_compare(migen *run, const schema *wanted, bool unknown, bool lenient,
                             difference_list *out)
{
    for (int round = 0; round < 3; round++) {
        out->count = 0;
        run->memo.questions.count = 0;
        comparison c = {
            .memory = run->memory, .engine = run->engine, .memo = &run->memo, .out = out, .lenient = lenient};
        compare_schemas(&c, wanted, run->live, unknown);
        if (run->memo.questions.count == 0)
            return STATUS_OK;
        status s = catalog_learn(run->driver, wanted, &run->memo, &run->error);
        if (s != STATUS_OK)
            return s;
    }
    return STATUS_OK;
}

status verify_differences(migen *run, const schema *wanted, bool unknown, difference_list *out)
{
    return verify_compare(run, wanted, unknown, false, out);
}

status verify_look(migen *run, const schema *wanted, bool unknown, difference_list *out)
{
    return verify_compare(run, wanted, unknown, true, out);
}

void verify_say(migen *run, const difference *x, bool as_result)
{
    const char *object = arena_format(run->memory, "%s %s", kind_words(x->kind), x->object);
    const char *outcome = x->note ? "note" : "differs";
    const char *message = "no version of this release has it";
    if (x->wanted == NULL && !x->unknown) {
        message = arena_format(run->memory, "wanted none, found %s", x->found);
    } else if (x->wanted == NULL) {
        outcome = "unknown";
    } else if (x->found == NULL) {
        outcome = "missing";
        message = arena_format(run->memory, "wanted %s", x->wanted);
    } else {
        message = arena_format(run->memory, "wanted %s, found %s", x->wanted, x->found);
    }
    bool info = x->note || x->unknown;
    report_finding(run->report, as_result, info ? "info" : "warning", outcome, object, message);
}

/* Whether the run has said it already, when it carried out the step that found it. */
static bool verify_was_said(const migen *run, const difference *x)
{
    return map_has(&run->differences_said,
                   arena_format(run->memory, "%s %s: wanted %s, found %s", kind_words(x->kind), x->object,
                                x->wanted == NULL ? "none" : x->wanted,
                                x->found == NULL ? "nothing" : x->found));
}

/* An index may be what a constraint is made of. */
static bool verify_is_of(migen *run, const universe *u, const difference *x)
{
    return universe_knows(run, u, x->kind, x->object) ||
           (x->kind == MIGEN_KIND_INDEX && universe_knows(run, u, MIGEN_KIND_CONSTRAINT, x->object));
}

status verify_database(migen *run, bool (*counts)(const migen *run, size_t position), bool as_result,
                       size_t *count)
{
    *count = 0;
    status s =
        ENGINE_IS_POSTGRES(run->engine) && run->locked ? postgres_unlock_and_read(run) : run_read_live(run);
    if (s != STATUS_OK)
        return s;
    difference_list differences = {0};
    s = verify_look(run, run->expected, true, &differences);
    if (s != STATUS_OK)
        return s;
    if (run->memo.mute != NULL)
        report_finding(
            run->report, as_result, "info", "note", "some expressions",
            arena_format(run->memory,
                         "not compared where the server prints them otherwise than they were written: "
                         "it can only be asked by temporary tables, and %s",
                         run->memo.mute));
    leftover_list left = {0};
    if (ENGINE_IS_POSTGRES(run->engine) && as_result)
        left = postgres_leftovers(run);
    for (size_t i = 0; i < left.count; i++)
        report_finding(run->report, as_result, "warning", "unknown", left.items[i].object,
                       left.items[i].words);
    universe u = universe_of(run, counts), later = universe_of(run, version_all),
             passed = universe_of_passed(run, run->expected);
    for (size_t i = 0; i < differences.count; i++) {
        difference *x = &differences.items[i];
        x->unknown = x->wanted == NULL && !universe_knows(run, &u, x->kind, x->object);
        bool counts = !x->note && !x->unknown;
        if (!counts && !as_result)
            continue;
        if (counts)
            (*count)++;
        bool on_table = x->kind == MIGEN_KIND_INDEX || x->kind == MIGEN_KIND_CONSTRAINT;
        const char *whose = !x->unknown                     ? NULL
                            : verify_is_of(run, &passed, x) ? "of a branch that was not taken"
                            : verify_is_of(run, &later, x)  ? "of a migration that is pending, or was begun"
                                                            : NULL;
        if (whose != NULL)
            report_finding(
                run->report, as_result, "info", "unknown",
                arena_format(run->memory, "%s %s", kind_words(x->kind), x->object),
                arena_format(run->memory, "%s%s%s", whose, on_table ? ": " : "", on_table ? x->found : ""));
        else if (as_result || !verify_was_said(run, x))
            verify_say(run, x, as_result);
    }
    return STATUS_OK;
}
