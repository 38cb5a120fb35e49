/*
 * formats.c: the report for programs: JSON, and JUnit's XML as GitLab, Jenkins and GitHub's actions read it.
 */
#include "test.h"

#include "duration.h"
#include "json.h"
#include "text.h"

static const char *const outcome_words[] = {"passed", "failed", "skipped"};

static void json_check(json_writer *w, const test_check *c)
{
    json_object_begin(w);
    json_string_member(w, "name", c->name);
    json_string_member(w, "outcome", outcome_words[c->outcome]);
    json_decimal_member(w, "ms", c->milliseconds);
    json_string_member(w, "note", c->note);
    json_string_member(w, "message", c->message);
    json_string_member(w, "file", c->place.file == NULL ? NULL : c->place.file->path);
    if (c->place.file == NULL)
        json_null_member(w, "line");
    else
        json_integer_member(w, "line", (int64_t)source_line_of(c->place));
    json_string_member(w, "detail", c->detail);
    json_string_member(w, "hint", c->hint);
    json_object_end(w);
}

char *test_json(arena *a, const test_report *report, status s)
{
    builder b = builder_new(a);
    json_writer w = json_new(&b);
    json_object_begin(&w);
    json_string_member(&w, "project", report->project);
    json_bool_member(&w, "ok", s == STATUS_OK && report->failed == 0);
    json_integer_member(&w, "passed", (int64_t)report->passed);
    json_integer_member(&w, "failed", (int64_t)report->failed);
    json_integer_member(&w, "skipped", (int64_t)report->skipped);
    json_integer_member(&w, "kills", (int64_t)report->kills);
    json_decimal_member(&w, "ms", report->milliseconds);
    json_key(&w, "suites");
    json_array_begin(&w);
    for (size_t i = 0; i < report->suites.count; i++) {
        const test_suite *suite = report->suites.items[i];
        json_object_begin(&w);
        json_string_member(&w, "engine", suite->engine);
        json_string_member(&w, "server", suite->server);
        json_key(&w, "checks");
        json_array_begin(&w);
        for (size_t k = 0; k < suite->checks.count; k++)
            json_check(&w, suite->checks.items[k]);
        json_array_end(&w);
        json_object_end(&w);
    }
    json_array_end(&w);
    json_object_end(&w);
    builder_add(&b, "\n");
    return b.bytes;
}

/* How many bytes of UTF-8 begin here; 0: none that XML may have. */
static size_t xml_character(const unsigned char *c)
{
    if (*c < 0x80)
        return *c >= 0x20 || *c == '\t' || *c == '\n' || *c == '\r';
    size_t length = *c >= 0xF0 && *c < 0xF5   ? 4
                    : *c >= 0xE0 && *c < 0xF0 ? 3
                    : *c >= 0xC2 && *c < 0xE0 ? 2
                                              : 0;
    for (size_t i = 1; i < length; i++)
        if ((c[i] & 0xC0) != 0x80)
            return 0;
    bool overlong = (*c == 0xE0 && c[1] < 0xA0) || (*c == 0xF0 && c[1] < 0x90);
    bool outside = (*c == 0xED && c[1] >= 0xA0) || (*c == 0xF4 && c[1] >= 0x90) ||
                   (*c == 0xEF && c[1] == 0xBF && c[2] >= 0xBE);
    return overlong || outside ? 0 : length;
}

static void xml_text(builder *b, const char *text)
{
    for (const unsigned char *c = (const unsigned char *)(text == NULL ? "" : text); *c != '\0';) {
        size_t length = xml_character(c);
        if (length == 0)
            builder_add(b, "\xEF\xBF\xBD");
        else if (*c == '<')
            builder_add(b, "&lt;");
        else if (*c == '>')
            builder_add(b, "&gt;");
        else if (*c == '&')
            builder_add(b, "&amp;");
        else if (*c == '"')
            builder_add(b, "&quot;");
        else if (*c == '\r')
            builder_add(b, "&#13;");
        else
            builder_add_bytes(b, (const char *)c, length);
        c += length == 0 ? 1 : length;
    }
}

static void xml_attribute(builder *b, const char *name, const char *value)
{
    builder_add_format(b, " %s=\"", name);
    xml_text(b, value);
    builder_add(b, "\"");
}

static void junit_counts(builder *b, size_t tests, size_t failed, size_t skipped, size_t errors, double ms)
{
    builder_add_format(b, " tests=\"%zu\" failures=\"%zu\" errors=\"%zu\" skipped=\"%zu\" time=\"%.3f\"",
                       tests, failed, errors, skipped, ms / 1000);
}

static void junit_failure(builder *b, const test_check *c)
{
    builder_add(b, "      <failure type=\"test\"");
    xml_attribute(b, "message", c->message);
    builder_add(b, ">");
    if (c->place.file != NULL) {
        xml_text(b, c->place.file->path);
        builder_add_format(b, ":%zu: ", source_line_of(c->place));
    }
    xml_text(b, c->message);
    builder_add(b, "\n");
    xml_text(b, c->detail);
    if (c->hint != NULL) {
        builder_add(b, "\nhelp: ");
        xml_text(b, c->hint);
    }
    builder_add(b, "</failure>\n");
}

static void junit_check(builder *b, const char *class_name, const test_check *c)
{
    builder_add(b, "    <testcase");
    xml_attribute(b, "classname", class_name);
    xml_attribute(b, "name", c->name);
    builder_add_format(b, " time=\"%.3f\"", c->milliseconds / 1000);
    if (c->place.file != NULL) {
        xml_attribute(b, "file", c->place.file->path);
        builder_add_format(b, " line=\"%zu\"", source_line_of(c->place));
    }
    builder_add(b, ">\n");
    if (c->outcome == CHECK_FAILED)
        junit_failure(b, c);
    if (c->outcome == CHECK_SKIPPED) {
        builder_add(b, "      <skipped");
        xml_attribute(b, "message", c->message);
        builder_add(b, "/>\n");
    }
    builder_add(b, "    </testcase>\n");
}

static size_t count_of(const test_suite *suite, check_outcome outcome)
{
    size_t count = 0;
    for (size_t i = 0; i < suite->checks.count; i++)
        count += suite->checks.items[i]->outcome == outcome;
    return count;
}

static void junit_suite(arena *a, builder *b, const test_report *report, const test_suite *suite)
{
    const char *name = arena_format(a, "%s.%s", report->project, suite->engine);
    builder_add(b, "  <testsuite");
    xml_attribute(b, "name", name);
    junit_counts(b, suite->checks.count, count_of(suite, CHECK_FAILED), count_of(suite, CHECK_SKIPPED), 0,
                 suite->milliseconds);
    builder_add(b, ">\n    <properties>\n      <property name=\"server\"");
    xml_attribute(b, "value", suite->server);
    builder_add(b, "/>\n    </properties>\n");
    for (size_t i = 0; i < suite->checks.count; i++)
        junit_check(b, name, suite->checks.items[i]);
    builder_add(b, "  </testsuite>\n");
}

char *test_junit(arena *a, const test_report *report, status s)
{
    builder b = builder_new(a);
    size_t error_count = s != STATUS_OK;
    builder_add(&b, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"migen test\"");
    junit_counts(&b, report->passed + report->failed + report->skipped + error_count, report->failed,
                 report->skipped, error_count, report->milliseconds);
    builder_add(&b, ">\n");
    for (size_t i = 0; i < report->suites.count; i++)
        junit_suite(a, &b, report, report->suites.items[i]);
    if (error_count > 0) { /* what did not come to its end is not green */
        builder_add(&b, "  <testsuite");
        xml_attribute(&b, "name", report->project);
        junit_counts(&b, 1, 0, 0, 1, 0);
        builder_add(&b, ">\n    <testcase");
        xml_attribute(&b, "classname", report->project);
        builder_add_format(
            &b,
            " name=\"migen test\" time=\"0\">\n      <error type=\"test\" message=\"it ended with "
            "exit %d before all was tried\"/>\n    </testcase>\n  </testsuite>\n",
            (int)s);
    }
    builder_add(&b, "</testsuites>\n");
    return b.bytes;
}

void test_show_result(arena *a, const test_report *report, status s, FILE *out)
{
    const char *word = s == STATUS_STOPPED                    ? "stopped"
                       : s != STATUS_OK || report->failed > 0 ? "failed"
                                                              : "ok";
    fprintf(out, "test: %s passed=%zu failed=%zu skipped=%zu kills=%zu took=%s\n", word, report->passed,
            report->failed, report->skipped, report->kills, duration_text(a, report->milliseconds));
}
