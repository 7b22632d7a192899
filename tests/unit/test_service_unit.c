/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "../../apps/adit/service_unit.h"

#include <stdio.h>
#include <string.h>

static const struct {
    const char *name;
    const char *unit; /* NULL: refused */
} names[] = {
    { "db", "adit-db.service" },
    { "db-1.example:x_Y", "adit-db-1.example:x_Y.service" },
    { "a b", "adit-a\\x20b.service" },
    { "u@db", "adit-u\\x40db.service" }, /* an @ would make it an instance of a template */
    { "a/../b", "adit-a\\x2f..\\x2fb.service" },
    { "a\\x20b", "adit-a\\x5cx20b.service" }, /* another one than "a b" */
    { "50%", "adit-50\\x25.service" },
    { "", NULL },
    { "-v", NULL },
    { "a\nb", NULL },
    { "a\x7f", NULL },
    { "d\xc3\xb6ner", NULL },
};

static void unit_names_are_escaped_as_systemd_does(void **state)
{
    char unit[ADIT_SERVICE_UNIT_SIZE];

    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const bool is_good = adit_service_unit_name(names[i].name, unit);

        assert_int_equal(is_good, names[i].unit != NULL);
        if (is_good)
            assert_string_equal(unit, names[i].unit);
    }
}

static void unit_names_end_before_systemds_limit(void **state)
{
    char name[ADIT_SERVICE_UNIT_SIZE + 1];
    size_t longest = 0;

    (void)state;
    for (const char *c = "a@"; *c; c++)
        for (size_t len = 1; len <= ADIT_SERVICE_UNIT_SIZE; len++) {
            char *unit = calloc(1, ADIT_SERVICE_UNIT_SIZE);

            memset(name, *c, len);
            name[len] = '\0';
            assert_non_null(unit);
            if (adit_service_unit_name(name, unit)) {
                assert_true(strlen(unit) < ADIT_SERVICE_UNIT_SIZE);
                longest = strlen(unit) > longest ? strlen(unit) : longest;
            }
            free(unit);
        }
    assert_true(longest > ADIT_SERVICE_UNIT_SIZE - 8);
}

/* The line of the unit that begins with `key`. */
static const char *line_of(const struct adit_service_unit *unit, const char *key)
{
    static char text[ADIT_SERVICE_TEXT_SIZE];
    char *line;

    assert_true(adit_service_unit_write(unit, text));
    assert_memory_equal(text, adit_service_mark, strlen(adit_service_mark));
    line = strstr(text, key);
    if (line == NULL)
        return NULL;
    line[strcspn(line, "\n")] = '\0';
    return line;
}

static void command_line_reads_back_as_it_is(void **state)
{
    const struct adit_service_unit plain = { "/usr/bin/adit", "db", NULL, "", 0 };
    const struct adit_service_unit odd = { "/o p/%h/$x\\/adit\"", "a\"b $HOME %n\\ ; c", NULL, "",
                                           0 };
    const struct adit_service_unit machine = { "/a", "db", "me", "/h \"%$\\", 1 };

    (void)state;
    assert_string_equal(line_of(&plain, "ExecStart="), "ExecStart=\"/usr/bin/adit\" up \"db\"");
    assert_string_equal(line_of(&machine, "ReadWritePaths="),
                        "ReadWritePaths=\"-/h \\\"%%$\\\\/.ssh\"");
    /* systemd.service(5): $ is nothing special in the path of the program. */
    assert_string_equal(line_of(&odd, "ExecStart="),
                        "ExecStart=\"/o p/%%h/$x\\\\/adit\\\"\" up \"a\\\"b $$HOME %%n\\\\ ; c\"");
    assert_string_equal(line_of(&odd, "Description="),
                        "Description=SSH tunnel a\"b $HOME %%n\\ ; c (adit)");
}

static void no_text_can_add_a_line(void **state)
{
    static const struct adit_service_unit bad[] = {
        { "/a\nExecStart=/b", "db", NULL, "", 0 },
        { "/a", "db\nUser=root", NULL, "", 0 },
        { "/a", "db", "me\nAmbientCapabilities=~", "/home/me", 4294967294 },
        { "/a", "db", "me", "/home/me\n", 1 },
        { "/a\x80", "db", NULL, "", 0 },
    };
    char text[ADIT_SERVICE_TEXT_SIZE];

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_false(adit_service_unit_write(&bad[i], text));
}

static void a_text_may_be_as_long_as_there_is_room(void **state)
{
    static char path[ADIT_SERVICE_TEXT_SIZE + 1];
    const struct adit_service_unit unit = { path, "db", NULL, "", 0 };
    char *text = calloc(1, ADIT_SERVICE_TEXT_SIZE);
    size_t room;

    (void)state;
    assert_non_null(text);
    path[0] = '/';
    assert_true(adit_service_unit_write(&unit, text));
    room = ADIT_SERVICE_TEXT_SIZE - strlen(text);
    memset(path, '/', room);
    assert_true(adit_service_unit_write(&unit, text));
    assert_int_equal(strlen(text), ADIT_SERVICE_TEXT_SIZE - 1);
    path[room] = '/';
    assert_false(adit_service_unit_write(&unit, text));
    free(text);
}

static void what_needs_privileges_is_for_the_machines_manager_only(void **state)
{
    static const char *const privileged[] = {
        "User=",           "CapabilityBoundingSet=", "ProtectSystem=",   "ProtectHome=",
        "PrivateTmp=",     "ReadWritePaths=",        "RuntimeDirectory", "KeyringMode=",
        "PrivateDevices=",
    };
    static const char *const plain[] = {
        "NoNewPrivileges=yes",
        "SystemCallFilter=@system-service",
        "MemoryDenyWriteExecute=yes",
        "RestrictAddressFamilies=",
        "TimeoutStartSec=infinity",
        "Restart=on-failure",
        "RestartPreventExitStatus=10",
        "WatchdogSec=",
        "Type=notify",
    };
    const struct adit_service_unit own = { "/usr/bin/adit", "db", NULL, "", 0 };
    const struct adit_service_unit machine = { "/usr/bin/adit", "db", "me", "/home/me",
                                               4294967294 };

    (void)state;
    for (size_t i = 0; i < sizeof privileged / sizeof privileged[0]; i++) {
        assert_null(line_of(&own, privileged[i]));
        assert_non_null(line_of(&machine, privileged[i]));
    }
    for (size_t i = 0; i < sizeof plain / sizeof plain[0]; i++) {
        assert_non_null(line_of(&own, plain[i]));
        assert_non_null(line_of(&machine, plain[i]));
    }
    assert_string_equal(line_of(&own, "WantedBy="), "WantedBy=default.target");
    assert_string_equal(line_of(&machine, "WantedBy="), "WantedBy=multi-user.target");
    assert_string_equal(line_of(&machine, "User="), "User=me");
    assert_string_equal(line_of(&machine, "ReadWritePaths="), "ReadWritePaths=\"-/home/me/.ssh\"");
    /* Where its control sockets are, with those of the user's other units. */
    assert_string_equal(line_of(&machine, "RuntimeDirectory="), "RuntimeDirectory=adit/4294967294");
    assert_string_equal(line_of(&machine, "RuntimeDirectoryMode="), "RuntimeDirectoryMode=0700");
    assert_string_equal(line_of(&machine, "RuntimeDirectoryPreserve="),
                        "RuntimeDirectoryPreserve=yes");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(unit_names_are_escaped_as_systemd_does),
        cmocka_unit_test(unit_names_end_before_systemds_limit),
        cmocka_unit_test(command_line_reads_back_as_it_is),
        cmocka_unit_test(no_text_can_add_a_line),
        cmocka_unit_test(a_text_may_be_as_long_as_there_is_room),
        cmocka_unit_test(what_needs_privileges_is_for_the_machines_manager_only),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
