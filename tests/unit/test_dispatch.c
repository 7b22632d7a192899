/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The legality of every message number × phase × role, held against a second
 * table that is written from the text of the RFCs: 4250, 4.1 (numbers), 4252,
 * 5, 6 and 7, 4253, 7.1, 9 and 11, 4254, 4 and 5, 8308, 2.3 and 2.4, and the
 * strict key exchange of OpenSSH's PROTOCOL, 1.9.
 */
#include "session/session.h"

#include "base/span.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/*
 * A letter for each phase, in this order:
 *     strict first exchange, first exchange, keys but no service, login, connected, rekey
 * l: legal, u: answered with UNIMPLEMENTED, x: ends the session.
 */
static const enum adit_phase phases[] = {
    ADIT_PHASE_INITIAL_STRICT, ADIT_PHASE_INITIAL,   ADIT_PHASE_SERVICE,
    ADIT_PHASE_AUTH,           ADIT_PHASE_CONNECTED, ADIT_PHASE_REKEY,
};

struct row {
    unsigned first, last;
    const char *to_client;
    const char *to_server;
};

static const struct row rows[] = {
    { 0, 0, "xxxxxx", "xxxxxx" },   /* reserved */
    { 1, 1, "llllll", "llllll" },   /* DISCONNECT: always processed */
    { 2, 4, "xlllll", "xlllll" },   /* IGNORE, UNIMPLEMENTED, DEBUG: not under strict kex */
    { 5, 5, "xxxxux", "xxlxux" },   /* SERVICE_REQUEST: a client's, once */
    { 6, 6, "xxlxux", "xxxxux" },   /* SERVICE_ACCEPT: a server's, once */
    { 7, 7, "xxllux", "xxllux" },   /* EXT_INFO: after NEWKEYS, before the end of the login */
    { 8, 19, "xuuuuu", "xuuuuu" },  /* transport generic, unassigned */
    { 20, 20, "llxxll", "llxxll" }, /* KEXINIT: no rekey before the login is done; a second one
                                         within an exchange is for kex.c to refuse */
    { 21, 21, "llxxxl", "llxxxl" }, /* NEWKEYS: within an exchange */
    { 22, 29, "xuuuuu", "xuuuuu" }, /* algorithm negotiation, unassigned */
    { 30, 49, "llxxul", "llxxul" }, /* the method's own, within an exchange */
    { 50, 50, "xxxxxx", "xxxllx" }, /* USERAUTH_REQUEST; later ones are ignored (4252, 5.1) */
    { 51, 53, "xxxlxx", "xxxxxx" }, /* FAILURE, SUCCESS, BANNER: a server's */
    { 54, 59, "xxxuux", "xxxuux" }, /* login generic, unassigned */
    { 60, 60, "xxxlxx", "xxxxxx" }, /* PK_OK, PASSWD_CHANGEREQ, INFO_REQUEST: a server's */
    { 61, 61, "xxxlxx", "xxxlxx" }, /* INFO_RESPONSE: a client's; ours knows that it asked nothing */
    { 62, 79, "xxxlxx", "xxxxxx" }, /* the method's own: none of ours has any more */
    { 80, 82, "xxxxlx", "xxxxlx" }, /* 80 and up before the login is done: disconnect (4252, 6) */
    { 83, 89, "xxxxux", "xxxxux" },
    { 90, 100, "xxxxlx", "xxxxlx" },
    { 101, 191, "xxxxux", "xxxxux" },
    { 192, 193, "xlllll", "xlllll" }, /* PING and PONG: processed, answered only when connected */
    { 194, 255, "xxxxux", "xxxxux" },
};

static enum adit_legality meaning(char letter)
{
    return letter == 'l' ? ADIT_LEGAL : letter == 'u' ? ADIT_UNIMPLEMENTED : ADIT_ILLEGAL;
}

static void every_number_phase_and_role_is_judged_as_the_rfcs_say(void **state)
{
    unsigned next = 0;

    (void)state;
    for (size_t r = 0; r < ADIT_ARRAY_LEN(rows); r++) {
        assert_int_equal(rows[r].first, next); /* no number is left out or said twice */
        for (unsigned n = rows[r].first; n <= rows[r].last; n++)
            for (size_t p = 0; p < ADIT_ARRAY_LEN(phases); p++) {
                const enum adit_legality client =
                    adit_message_legality((uint8_t)n, phases[p], ADIT_CLIENT);
                const enum adit_legality server =
                    adit_message_legality((uint8_t)n, phases[p], ADIT_SERVER);

                if (client != meaning(rows[r].to_client[p]) ||
                    server != meaning(rows[r].to_server[p]))
                    fail_msg("message %u, phase %zu: client %d, server %d", n, p, (int)client,
                             (int)server);
            }
        next = rows[r].last + 1;
    }
    assert_int_equal(next, 256);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_number_phase_and_role_is_judged_as_the_rfcs_say),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
