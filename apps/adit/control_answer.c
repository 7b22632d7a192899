/* SPDX-License-Identifier: BSD-2-Clause */
#include "control_answer.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "status.h"

enum { WHY_SIZE = 256 };

struct answer {
    const struct adit_roster *roster;
    const struct adit_control_request *request;
    struct adit_member *member; /* that the first word names; NULL: none, or all */
    FILE *out;
};

static bool kind_of(const char *word, enum adit_forward_kind *kind)
{
    static const char letters[] = { [ADIT_FORWARD_SPEC_LOCAL] = 'L',
                                    [ADIT_FORWARD_SPEC_REMOTE] = 'R',
                                    [ADIT_FORWARD_SPEC_DYNAMIC] = 'D' };

    for (size_t i = 0; i < sizeof letters; i++) {
        if (word[0] == letters[i] && word[1] == '\0') {
            *kind = (enum adit_forward_kind)i;
            return true;
        }
    }
    return false;
}

static void print_status(const struct answer *a, struct adit_member *member)
{
    const bool json = strcmp(a->request->words[0], "json") == 0;

    if (adit_member_has_ended(member))
        return;
    if (json)
        adit_status_print_json(a->out, member);
    else
        adit_status_print_text(a->out, member);
}

static void status(const struct answer *a)
{
    const char *name = a->request->words[1];
    struct adit_member *member = adit_roster_find(a->roster, name);

    if (name[0] && (member == NULL || adit_member_has_ended(member))) {
        (void)fputs("none\n", a->out);
        return;
    }
    (void)fputs("ok\n", a->out);
    for (size_t i = 0; i < a->roster->count; i++)
        if (name[0] == '\0' || member == &a->roster->members[i])
            print_status(a, &a->roster->members[i]);
}

static void ready(const struct answer *a)
{
    struct adit_tunnel_status now;

    if (adit_member_is_ready(a->member)) {
        (void)fputs("ok\tyes\n", a->out);
        return;
    }
    adit_tunnel_status(a->member->tunnel, &now);
    (void)fprintf(a->out, "ok\t%s; %s\n", adit_status_state(now.state),
                  now.last_failure_ms != UINT64_MAX ? now.last_failure.text : "no failure so far");
}

static void down(const struct answer *a)
{
    if (a->member != NULL)
        adit_member_dismiss(a->member);
    else
        adit_roster_dismiss(a->roster);
    (void)fputs("ok\n", a->out);
}

static void add(const struct answer *a, enum adit_forward_kind kind,
                const struct adit_forward_spec *spec)
{
    struct adit_failure failure = { 0 };
    uint16_t port = 0;

    if (adit_member_add_forward(a->member, kind, spec, &port, &failure))
        (void)fprintf(a->out, "error\t%s\n", failure.text);
    else
        (void)fprintf(a->out, "ok\t%u\n", spec->bind_port == 0 ? (unsigned)port : 0);
}

static void drop(const struct answer *a, enum adit_forward_kind kind,
                 const struct adit_forward_spec *spec)
{
    if (adit_member_remove_forward(a->member, kind, spec))
        (void)fputs("error\tclient side: there is no such forward\n", a->out);
    else
        (void)fputs("ok\n", a->out);
}

static void change(const struct answer *a)
{
    const char *text = a->request->words[2];
    const struct adit_span span = { (const uint8_t *)text, strlen(text) };
    enum adit_forward_kind kind;
    struct adit_forward_spec spec;
    char why[WHY_SIZE] = "no such kind of forward";

    if (!kind_of(a->request->words[1], &kind) ||
        adit_forward_spec_parse(span, kind, &spec, why, sizeof why))
        (void)fprintf(a->out, "error\t%s\n", why);
    else if (a->request->verb == ADIT_CONTROL_ADD)
        add(a, kind, &spec);
    else
        drop(a, kind, &spec);
}

static void say_pid(const struct answer *a)
{
    (void)fprintf(a->out, "ok\t%ld\n", (long)getpid());
}

static void say_ok(const struct answer *a)
{
    (void)fputs("ok\n", a->out);
}

/* Which verbs are about one tunnel. */
enum needs { NOTHING, A_MEMBER, A_MEMBER_OR_ALL };

static const struct {
    void (*run)(const struct answer *a);
    enum needs needs;
} handlers[ADIT_CONTROL_VERBS] = {
    [ADIT_CONTROL_STATUS] = { status, NOTHING },     [ADIT_CONTROL_READY] = { ready, A_MEMBER },
    [ADIT_CONTROL_DOWN] = { down, A_MEMBER_OR_ALL }, [ADIT_CONTROL_ADD] = { change, A_MEMBER },
    [ADIT_CONTROL_REMOVE] = { change, A_MEMBER },    [ADIT_CONTROL_CHECK] = { say_pid, NOTHING },
    [ADIT_CONTROL_STOP] = { say_ok, NOTHING },
};

static void run(struct answer *a)
{
    const char *name = a->request->words[0];
    const enum needs needs = handlers[a->request->verb].needs;

    if (needs != NOTHING)
        a->member = adit_roster_find(a->roster, name);
    if (a->member != NULL && adit_member_has_ended(a->member))
        a->member = NULL;
    if (a->member == NULL && (needs == A_MEMBER || (needs == A_MEMBER_OR_ALL && name[0])))
        (void)fputs("none\n", a->out);
    else
        handlers[a->request->verb].run(a);
}

char *adit_control_answer(const struct adit_roster *roster,
                          const struct adit_control_request *request, size_t *len)
{
    char *text = NULL;
    struct answer a = { .roster = roster, .request = request };

    a.out = open_memstream(&text, len);
    if (a.out == NULL)
        return NULL;
    if (request != NULL)
        run(&a);
    else
        (void)fputs("error\tthis is no request\n", a.out);
    (void)fclose(a.out); /* a text that was cut short is better than none */
    return text;
}
