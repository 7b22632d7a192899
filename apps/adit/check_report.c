/* SPDX-License-Identifier: BSD-2-Clause */
#include "check_report.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

enum { WHAT_SIZE = 640 };

static const char *const names[ADIT_CHECK_LEGS] = {
    [ADIT_CHECK_CONFIG] = "config",
    [ADIT_CHECK_NAME] = "name",
    [ADIT_CHECK_TCP] = "TCP",
    [ADIT_CHECK_EXCHANGE] = "key exchange",
    [ADIT_CHECK_HOST_KEY] = "host key",
    [ADIT_CHECK_LOGIN] = "login",
    [ADIT_CHECK_PERMISSION] = "permission",
    [ADIT_CHECK_TARGET] = "target",
};

static uint64_t now_us(void)
{
    struct timespec now = { 0 };

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

void adit_check_begin(struct adit_check_report *report, bool as_json)
{
    *report = (struct adit_check_report){ .as_json = as_json, .since_us = now_us() };
    if (as_json)
        report->legs = json_array();
}

void adit_check_restart(struct adit_check_report *report)
{
    report->since_us = now_us();
}

/* JSON is UTF-8; a name that a user wrote, or a sentence that was cut, need not be. */
static json_t *json_text(const char *text)
{
    json_t *value = json_string(text);
    char ascii[WHAT_SIZE];
    size_t len = 0;

    if (value != NULL)
        return value;
    for (; text[len] != '\0' && len + 1 < sizeof ascii; len++)
        ascii[len] = (char)((unsigned char)text[len] < 0x80 ? text[len] : '?');
    ascii[len] = '\0';
    return json_string(ascii);
}

/* Without memory a leg is missing from the report, and the exit status is still right. */
static void add(struct adit_check_report *report, json_t *leg)
{
    (void)json_array_append_new(report->legs, leg);
}

enum state { PASSED, FAILED, UNTESTED };

static void tell(struct adit_check_report *report, enum adit_check_leg leg, enum state state,
                 const char *hop, const char *what)
{
    static const char *const states[] = { "ok", "FAILED", "-" };
    const uint64_t end_us = now_us();
    const double ms = (double)(end_us - report->since_us) / 1000.0;

    report->since_us = end_us;
    if (report->as_json)
        add(report, json_pack("{s:s, s:o, s:f, s:o, s:o}", "leg", names[leg], "ok",
                              state == UNTESTED ? json_null() : json_boolean(state == PASSED), "ms",
                              ms, "hop", json_text(hop), "text", json_text(what)));
    else
        (void)printf("%-12s %-6s %9.1f ms  %s%s%s\n", names[leg], states[state], ms, hop,
                     hop[0] != '\0' ? ": " : "", what);
    (void)fflush(stdout); /* the next leg may take its time */
}

void adit_check_passed(struct adit_check_report *report, enum adit_check_leg leg, const char *hop,
                       const char *format, ...)
{
    char what[WHAT_SIZE];
    va_list args;

    va_start(args, format);
    (void)vsnprintf(what, sizeof what, format, args);
    va_end(args);
    tell(report, leg, PASSED, hop, what);
}

void adit_check_untested(struct adit_check_report *report, enum adit_check_leg leg,
                         const char *what)
{
    tell(report, leg, UNTESTED, "", what);
}

void adit_check_met(struct adit_check_report *report, const char *target, const char *service)
{
    json_t *leg = json_array_get(report->legs, json_array_size(report->legs) - 1);

    if (leg == NULL)
        return;
    (void)json_object_set_new(leg, "target", json_text(target));
    (void)json_object_set_new(leg, "service", json_text(service));
}

/* Takes over what there is to say at the end. */
static void print_json(struct adit_check_report *report, int code, json_t *failure)
{
    json_t *all = json_pack("{s:b, s:i, s:o, s:o}", "ok", code == ADIT_CHECK_WELL, "exit", code,
                            "legs", report->legs, "failure", failure);

    report->legs = NULL;
    if (all != NULL)
        (void)json_dumpf(all, stdout, JSON_INDENT(2) | JSON_REAL_PRECISION(6));
    (void)fputc('\n', stdout);
    json_decref(all);
}

int adit_check_failed(struct adit_check_report *report, enum adit_check_leg leg, enum adit_leg who,
                      const char *what, const char *advice)
{
    const int code = ADIT_CHECK_EXIT + (int)leg;

    tell(report, leg, FAILED, "", what);
    if (report->as_json)
        print_json(report, code,
                   json_pack("{s:s, s:s, s:o, s:s}", "leg", names[leg], "who", adit_leg_text(who),
                             "text", json_text(what), "advice", advice));
    else
        (void)printf("who must act: %s\nwhat to do: %s\n", adit_leg_text(who), advice);
    return code;
}

int adit_check_well(struct adit_check_report *report)
{
    if (report->as_json)
        print_json(report, ADIT_CHECK_WELL, json_null());
    else
        (void)printf("all is well\n");
    return ADIT_CHECK_WELL;
}
