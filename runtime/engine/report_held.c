/* JSON lines, and the log of migrations that share a transaction, which is said when it is known what has become of that. */
#include "report.h"

#include "duration.h"
#include "json.h"
#include "text.h"
#include "vector.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

/* How often somebody who waits for a long transaction hears of it. */
#define HELD_PROGRESS 3000.0

/* Where a migration's "applied in" stands in the text, and what is said in its place when it does not stand. */
typedef struct held_end {
    size_t begin, end;
    const char *instead;
} held_end;

struct report_held {
    arena *memory;
    FILE *log; /* the real one */
    char *text;
    size_t size;
    double said;
    VECTOR(held_end) ends;
};

static void report_time(char text[32])
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    struct tm parts;
    gmtime_r(&now.tv_sec, &parts);
    size_t length = strftime(text, 32, "%Y-%m-%dT%H:%M:%S", &parts);
    snprintf(text + length, 32 - length, ".%03ldZ", now.tv_nsec / 1000000);
}

static char *report_json_line(arena *a, const report *r, const report_event *x)
{
    char time_text[32];
    report_time(time_text);
    const json_text texts[] = {
        {"time", time_text},         {"level", x->level},
        {"event", x->event},         {"migration", x->migration != NULL ? x->migration : r->migration},
        {"operation", x->operation}, {"object", x->object},
        {"outcome", x->outcome}};
    builder b = builder_new(a);
    json_writer w = json_new(&b);
    json_object_begin(&w);
    json_text_members(&w, texts, sizeof texts / sizeof *texts);
    if (x->has_rows)
        json_integer_member(&w, "rows", x->rows);
    else
        json_null_member(&w, "rows");
    if (x->has_ms)
        json_decimal_member(&w, "ms", x->ms);
    else
        json_null_member(&w, "ms");
    json_string_member(&w, "message", x->message);
    json_string_member(&w, "sqlstate", x->sqlstate);
    json_string_member(&w, "hint", x->hint);
    if (x->more != NULL && strlen(x->more) > 2) { /* the members of that object, and its end */
        builder_add(&b, ",");
        builder_add(&b, x->more + 1);
    } else {
        json_object_end(&w);
    }
    return b.bytes;
}

void report_emit(const report *r, bool is_result, const report_event *x)
{
    arena *a = arena_new();
    fprintf(is_result ? r->out : r->log, "%s\n", report_json_line(a, r, x));
    arena_free(a);
}

void report_hold(report *r)
{
    if (r->held != NULL)
        return;
    arena *a = arena_new();
    struct report_held *held = ARENA_NEW(a, struct report_held);
    held->memory = a;
    held->log = r->log;
    held->said = clock_milliseconds();
    FILE *text = open_memstream(&held->text, &held->size);
    if (text == NULL) { /* then it is said as it comes */
        arena_free(a);
        return;
    }
    r->log = text;
    r->held = held;
}

size_t report_held_length(const report *r)
{
    if (r->held == NULL)
        return 0;
    (void)fflush(r->log);
    return r->held->size;
}

void report_hold_end(report *r, size_t begin, double milliseconds)
{
    struct report_held *held = r->held;
    if (held == NULL)
        return;
    held_end end = {.begin = begin, .end = report_held_length(r)};
    if (r->json)
        end.instead = arena_format(held->memory, "%s\n",
                                   report_json_line(held->memory, r,
                                                    &(report_event){.level = "warning",
                                                                    .event = "rolled_back",
                                                                    .has_ms = true,
                                                                    .ms = milliseconds}));
    else
        end.instead = r->quiet ? ""
                               : arena_format(held->memory, "  rolled back, after %s\n",
                                              duration_text(held->memory, milliseconds));
    vector_push(held->memory, &held->ends, end);
    if (clock_milliseconds() - held->said < HELD_PROGRESS)
        return;
    held->said = clock_milliseconds();
    report live = *r;
    live.log = held->log;
    report_message(&live, "info", "%zu migration%s carried out; they are committed with what follows",
                   held->ends.count, held->ends.count == 1 ? "" : "s");
}

void report_release(report *r, bool stands)
{
    struct report_held *held = r->held;
    if (held == NULL)
        return;
    (void)fclose(r->log); /* its text and size are as they end */
    r->log = held->log;
    r->held = NULL;
    size_t at = 0;
    for (size_t k = 0; !stands && k < held->ends.count; k++) {
        const held_end *end = &held->ends.items[k];
        fwrite(held->text + at, 1, end->begin - at, r->log);
        fputs(end->instead, r->log);
        at = end->end;
    }
    fwrite(held->text + at, 1, held->size - at, r->log);
    free(held->text);
    arena_free(held->memory);
}
