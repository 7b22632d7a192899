/* SPDX-License-Identifier: BSD-2-Clause */
/* What a login may open and listen on: F1, F2, F9, U8 of the protocol's checklist. */
#include "policy.h"

#include "exact.h"

enum { PERMITS = 8 };

/* A policy with the lists that a case names, as text. */
struct bench {
    struct adit_policy policy;
    struct adit_permit_list open;
    struct adit_permit_list listen;
    struct adit_permit open_permits[PERMITS];
    struct adit_permit listen_permits[PERMITS];
    struct adit_key_options key;
};

/* Space-separated permits; returns how many. */
static size_t parse(const char *text, bool listen, struct adit_permit *out)
{
    size_t count = 0;

    while (*text) {
        const size_t len = strcspn(text, " ");

        assert_true(count < PERMITS);
        assert_int_equal(adit_permit_parse(adit_span_of(text, len), listen, &out[count]), ADIT_OK);
        count++;
        text += len;
        text += strspn(text, " ");
    }
    return count;
}

/* NULL: no such list; "any": not restricted. */
static const struct adit_permit_list *config_list(const char *text, bool listen,
                                                  struct adit_permit_list *list,
                                                  struct adit_permit *permits)
{
    if (text == NULL)
        return NULL;
    list->permits = permits;
    list->restricted = strcmp(text, "any") != 0;
    if (list->restricted)
        list->count = parse(text, listen, permits);
    return list;
}

struct lists {
    const char *config;     /* PermitOpen or PermitListen */
    const char *key_open;   /* permitopen= */
    const char *key_listen; /* permitlisten= */
};

static void set_up(struct bench *b, const struct lists *lists, bool listen)
{
    memset(b, 0, sizeof *b);
    if (listen)
        b->policy.listen = config_list(lists->config, true, &b->listen, b->listen_permits);
    else
        b->policy.open = config_list(lists->config, false, &b->open, b->open_permits);
    b->key.port_forwarding = true;
    b->policy.key = &b->key;
    b->key.has_permitopen = lists->key_open != NULL;
    b->key.has_permitlisten = lists->key_listen != NULL;
    if (lists->key_open)
        b->key.permitopen_count = parse(lists->key_open, false, b->key.permitopen);
    if (lists->key_listen)
        b->key.permitlisten_count = parse(lists->key_listen, true, b->key.permitlisten);
}

static void tear_down(struct bench *b)
{
    for (size_t i = 0; i < PERMITS; i++) {
        free(b->open_permits[i].host);
        free(b->listen_permits[i].host);
    }
    adit_key_options_clear(&b->key);
}

/* ---- opening ------------------------------------------------------------------ */

struct open_case {
    struct lists lists;
    bool sshd_defaults;
    const char *host;
    uint16_t port;
    const char *address; /* NULL: before the look-up */
    const char *refusal; /* NULL: allowed */
};

/* clang-format off */
static const struct open_case open_cases[] = {
    /* Closed by default. */
    { { NULL, NULL, NULL }, false, "db", 3306, NULL,
      "not allowed to open db:3306: add permitopen=\"db:3306\" to the key's line, or PermitOpen db:3306" },
    { { NULL, NULL, NULL }, false, "::1", 3306, NULL,
      "not allowed to open [::1]:3306: add permitopen=\"[::1]:3306\" to the key's line, or PermitOpen [::1]:3306" },
    { { NULL, NULL, NULL }, true, "db", 3306, NULL, NULL },

    /* One list. */
    { { "db:3306", NULL, NULL }, false, "db", 3306, NULL, NULL },
    { { "db:3306", NULL, NULL }, false, "DB", 3306, NULL, NULL },
    { { "db:3306", NULL, NULL }, false, "db", 3307, NULL, "not allowed to open db:3307: add db:3307 to PermitOpen" },
    { { "db:*", NULL, NULL }, false, "db", 1, NULL, NULL },
    { { "*:3306", NULL, NULL }, false, "anything", 3306, NULL, NULL },
    { { "any", NULL, NULL }, false, "db", 3306, NULL, NULL },
    { { "", NULL, NULL }, false, "db", 3306, NULL, "not allowed to open db:3306: add db:3306 to PermitOpen" },
    { { "", NULL, NULL }, true, "db", 3306, NULL, "not allowed to open db:3306: add db:3306 to PermitOpen" },
    { { NULL, "db:3306", NULL }, false, "db", 3306, NULL, NULL },
    { { NULL, "db:3306", NULL }, true, "other", 3306, NULL,
      "not allowed to open other:3306: add permitopen=\"other:3306\" to the key's line" },

    /* Both must allow. */
    { { "db:3306 pg:5432", "db:3306", NULL }, false, "db", 3306, NULL, NULL },
    { { "db:3306", "db:3306 pg:5432", NULL }, false, "pg", 5432, NULL, "not allowed to open pg:5432: add pg:5432 to PermitOpen" },
    { { "db:3306 pg:5432", "db:3306", NULL }, false, "pg", 5432, NULL,
      "not allowed to open pg:5432: add permitopen=\"pg:5432\" to the key's line" },
    { { "a:1", "b:2", NULL }, false, "c", 3, NULL,
      "not allowed to open c:3: add permitopen=\"c:3\" to the key's line, and c:3 to PermitOpen" },

    /* A key that only lists where it may listen opens nothing, whatever the configuration says. */
    { { "any", NULL, "8080" }, false, "db", 3306, NULL,
      "not allowed to open db:3306: add permitopen=\"db:3306\" to the key's line" },
    { { NULL, NULL, "8080" }, true, "db", 3306, NULL, NULL },

    /* A permit for a name trusts the look-up. */
    { { "db:3306", NULL, NULL }, false, "db", 3306, "10.0.0.7", NULL },
    /* A permit for an address: the look-up may go on, and its addresses decide. */
    { { "10.0.0.7:3306", NULL, NULL }, false, "db", 3306, NULL, NULL },
    { { "10.0.0.7:3306", NULL, NULL }, false, "db", 3306, "10.0.0.7", NULL },
    { { "10.0.0.7:3306", NULL, NULL }, false, "db", 3306, "10.0.0.8",
      "not allowed to open db:3306 (10.0.0.8): add db:3306 to PermitOpen" },
    { { "10.0.0.7:3306", NULL, NULL }, false, "db", 3307, NULL, "not allowed to open db:3307: add db:3307 to PermitOpen" },
    { { "10.0.0.7:3306", NULL, NULL }, false, "10.0.0.8", 3306, NULL,
      "not allowed to open 10.0.0.8:3306: add 10.0.0.8:3306 to PermitOpen" },
    { { "10.0.0.*:3306", NULL, NULL }, false, "10.0.0.evil.example", 3306, "192.0.2.1",
      "not allowed to open 10.0.0.evil.example:3306 (192.0.2.1): add 10.0.0.evil.example:3306 to PermitOpen" },
    { { "10.0.0.*:3306", NULL, NULL }, false, "db", 3306, "10.0.0.200", NULL },
    { { "[2001:DB8:0::1]:5432", NULL, NULL }, false, "db", 5432, "2001:db8::1", NULL },
    { { "10.0.0.7:3306", NULL, NULL }, false, "db", 3306, "::ffff:10.0.0.7", NULL },
    { { "127.*:*", NULL, NULL }, false, "0x7f.1", 3306, NULL, NULL },
    { { "127.*:*", NULL, NULL }, false, "0x7f.1", 3306, "192.0.2.1",
      "not allowed to open 0x7f.1:3306 (192.0.2.1): add 0x7f.1:3306 to PermitOpen" },
    /* One list names the host, the other its address: each judges by itself. */
    { { "db:3306", "10.0.0.7:3306", NULL }, false, "db", 3306, "10.0.0.7", NULL },
    { { "db:3306", "10.0.0.7:3306", NULL }, false, "db", 3306, "10.0.0.8",
      "not allowed to open db:3306 (10.0.0.8): add permitopen=\"db:3306\" to the key's line" },
    /* A name of letters that are hexadecimal is a name. */
    { { "cafe:1", NULL, NULL }, false, "cafe", 1, "192.0.2.1", NULL },
};
/* clang-format on */

static void what_may_be_opened_is_what_every_list_allows(void **state)
{
    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(open_cases); i++) {
        const struct open_case *c = &open_cases[i];
        char text[ADIT_POLICY_TEXT_SIZE] = "";
        struct bench b;
        bool allowed;

        set_up(&b, &c->lists, false);
        b.policy.open_by_default = c->sshd_defaults;
        allowed = adit_policy_may_open(&b.policy, c->host, c->port, c->address, text);
        tear_down(&b);
        if (allowed != (c->refusal == NULL))
            fail_msg("case %zu: %s", i, allowed ? "allowed" : text);
        if (c->refusal)
            assert_string_equal(text, c->refusal);
    }
}

/* ---- listening ------------------------------------------------------------------ */

struct listen_case {
    struct lists lists;
    enum adit_gateway_ports gateway_ports;
    bool sshd_defaults;
    const char *address;
    uint16_t port;
    const char *refusal;
};

#define NO   ADIT_GATEWAY_PORTS_NO
#define YES  ADIT_GATEWAY_PORTS_YES
#define SPEC ADIT_GATEWAY_PORTS_CLIENTSPECIFIED

/* clang-format off */
static const struct listen_case listen_cases[] = {
    /* By default loopback, from 1024 on, and any free port. */
    { { NULL, NULL, NULL }, NO, false, "localhost", 8080, NULL },
    { { NULL, NULL, NULL }, NO, false, "", 8080, NULL },
    { { NULL, NULL, NULL }, NO, false, "0.0.0.0", 1024, NULL },
    { { NULL, NULL, NULL }, NO, false, "localhost", 0, NULL },
    { { NULL, NULL, NULL }, NO, false, "localhost", 1023,
      "not allowed to listen on localhost:1023: add permitlisten=\"localhost:1023\" to the key's line, or PermitListen localhost:1023" },
    { { NULL, NULL, NULL }, SPEC, false, "127.0.0.1", 8080, NULL },
    { { NULL, NULL, NULL }, SPEC, false, "::1", 8080, NULL },
    { { NULL, NULL, NULL }, SPEC, false, "", 8080,
      "not allowed to listen on *:8080: add permitlisten=\"*:8080\" to the key's line, or PermitListen *:8080" },
    { { NULL, NULL, NULL }, SPEC, false, "::", 8080,
      "not allowed to listen on [::]:8080: add permitlisten=\"[::]:8080\" to the key's line, or PermitListen [::]:8080" },
    { { NULL, NULL, NULL }, SPEC, false, "192.0.2.1", 0,
      "not allowed to listen on 192.0.2.1:*: add permitlisten=\"192.0.2.1:*\" to the key's line, or PermitListen 192.0.2.1:*" },
    { { NULL, NULL, NULL }, YES, false, "localhost", 8080,
      "not allowed to listen on localhost:8080: add permitlisten=\"localhost:8080\" to the key's line, or PermitListen localhost:8080" },
    { { NULL, NULL, NULL }, YES, true, "localhost", 8080, NULL },
    { { NULL, NULL, NULL }, YES, true, "localhost", 80,
      "not allowed to listen on localhost:80: add permitlisten=\"localhost:80\" to the key's line, or PermitListen localhost:80" },

    /* The configuration's list. */
    { { "8080", NULL, NULL }, SPEC, false, "", 8080, NULL },
    { { "8080", NULL, NULL }, SPEC, false, "192.0.2.1", 8080, NULL },
    { { "8080", NULL, NULL }, NO, false, "localhost", 8081, "not allowed to listen on localhost:8081: add localhost:8081 to PermitListen" },
    { { "8080", NULL, NULL }, NO, false, "localhost", 0, "not allowed to listen on localhost:*: add localhost:* to PermitListen" },
    { { "localhost:*", NULL, NULL }, NO, false, "localhost", 0, NULL },
    { { "localhost:*", NULL, NULL }, NO, false, "localhost", 80, "not allowed to listen on localhost:80: add localhost:80 to PermitListen" },
    { { "localhost:80", NULL, NULL }, NO, false, "localhost", 80, NULL },
    { { "any", NULL, NULL }, YES, false, "", 8080, NULL },
    { { "any", NULL, NULL }, NO, false, "localhost", 80, "not allowed to listen on localhost:80: add localhost:80 to PermitListen" },
    { { "", NULL, NULL }, NO, true, "localhost", 8080, "not allowed to listen on localhost:8080: add localhost:8080 to PermitListen" },
    /* Every name of loopback is as good as another, where loopback is what it comes to. */
    { { "127.0.0.1:8080", NULL, NULL }, NO, false, "localhost", 8080, NULL },
    { { "localhost:8080", NULL, NULL }, NO, false, "", 8080, NULL },
    { { "localhost:8080", NULL, NULL }, SPEC, false, "", 8080, "not allowed to listen on *:8080: add *:8080 to PermitListen" },
    { { "*:8080", NULL, NULL }, SPEC, false, "", 8080, NULL },

    /* The key's. */
    { { NULL, NULL, "23432" }, NO, false, "localhost", 23432, NULL },
    { { NULL, NULL, "23432" }, NO, false, "localhost", 23433,
      "not allowed to listen on localhost:23433: add permitlisten=\"localhost:23433\" to the key's line" },
    { { NULL, "db:3306", NULL }, NO, false, "localhost", 8080,
      "not allowed to listen on localhost:8080: add permitlisten=\"localhost:8080\" to the key's line" },
    { { "any", "db:3306", NULL }, NO, false, "localhost", 8080,
      "not allowed to listen on localhost:8080: add permitlisten=\"localhost:8080\" to the key's line" },
    { { NULL, "db:3306", NULL }, NO, true, "localhost", 8080, NULL },
    { { "1:1", NULL, "2:2" }, NO, false, "localhost", 8080,
      "not allowed to listen on localhost:8080: add permitlisten=\"localhost:8080\" to the key's line, and localhost:8080 to PermitListen" },
};
/* clang-format on */

static void where_may_be_listened_is_what_every_list_allows(void **state)
{
    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(listen_cases); i++) {
        const struct listen_case *c = &listen_cases[i];
        char text[ADIT_POLICY_TEXT_SIZE] = "";
        struct bench b;
        bool allowed;

        set_up(&b, &c->lists, true);
        b.policy.open_by_default = c->sshd_defaults;
        b.policy.gateway_ports = c->gateway_ports;
        allowed = adit_policy_may_listen(&b.policy, c->address, c->port, text);
        tear_down(&b);
        if (allowed != (c->refusal == NULL))
            fail_msg("case %zu: %s", i, allowed ? "allowed" : text);
        if (c->refusal)
            assert_string_equal(text, c->refusal);
    }
}

static void a_switch_that_is_off_forbids_what_the_lists_allow(void **state)
{
    static const struct lists all = { "any", NULL, NULL };
    char text[ADIT_POLICY_TEXT_SIZE];
    struct bench b;

    (void)state;
    set_up(&b, &all, false);
    assert_true(adit_policy_may_open(&b.policy, "db", 1, NULL, text));
    b.policy.open_forbidden = true;
    assert_false(adit_policy_may_open(&b.policy, "db", 1, NULL, text));
    assert_true(adit_policy_may_listen(&b.policy, "localhost", 8080, text));
    b.policy.open_forbidden = false;
    b.policy.listen_forbidden = true;
    assert_true(adit_policy_may_open(&b.policy, "db", 1, NULL, text));
    assert_false(adit_policy_may_listen(&b.policy, "localhost", 8080, text));
    tear_down(&b);
}

static void restrict_without_port_forwarding_forbids_both(void **state)
{
    static const struct lists lists = { NULL, "db:1", "8080" };
    char text[ADIT_POLICY_TEXT_SIZE];
    struct bench b;

    (void)state;
    set_up(&b, &lists, false);
    assert_true(adit_policy_may_open(&b.policy, "db", 1, NULL, text));
    assert_true(adit_policy_may_listen(&b.policy, "localhost", 8080, text));
    b.key.port_forwarding = false;
    assert_false(adit_policy_may_open(&b.policy, "db", 1, NULL, text));
    assert_string_equal(text, "not allowed to open db:1: add port-forwarding to the options of "
                              "the key's line");
    assert_false(adit_policy_may_listen(&b.policy, "localhost", 8080, text));
    tear_down(&b);
}

/* A further key of the same login. */
static void add_key(struct bench *b, const struct lists *lists, bool port_forwarding)
{
    struct adit_key_options *key = calloc(1, sizeof *key);

    assert_non_null(key);
    key->port_forwarding = port_forwarding;
    key->has_permitopen = lists->key_open != NULL;
    key->has_permitlisten = lists->key_listen != NULL;
    if (lists->key_open)
        key->permitopen_count = parse(lists->key_open, false, key->permitopen);
    if (lists->key_listen)
        key->permitlisten_count = parse(lists->key_listen, true, key->permitlisten);
    adit_key_options_add(&b->key, key);
}

struct two_keys {
    struct lists first;
    struct lists second;
    bool forwarding; /* of the second */
    bool opens;      /* db:3306 */
    bool listens;    /* 3306 */
    bool opens_path; /* /run/x */
    bool listens_path;
};

/* clang-format off */
static const struct two_keys two_keys[] = {
    { { NULL, "db:3306 /run/x", "3306 /run/x" }, { NULL, NULL, NULL }, true, true, true, true, true },
    { { NULL, "db:3306 /run/x", "3306 /run/x" }, { NULL, NULL, NULL }, false, false, false, false, false },
    /* Each has a list of the other kind only. */
    { { NULL, "db:3306 /run/x", NULL }, { NULL, NULL, "3306 /run/x" }, true, false, false, false, false },
    { { NULL, "db:3306 /run/x", "3306 /run/x" }, { NULL, "db:1 /run/y", "3306 /run/x" },
      true, false, true, false, true },
    { { NULL, "db:3306 /run/x", "3306 /run/x" }, { NULL, "*:* /run/*", "1 /run/y" },
      true, true, false, true, false },
};
/* clang-format on */

static void judge_two_keys(const struct two_keys *c, bool swapped)
{
    char text[ADIT_POLICY_TEXT_SIZE];
    struct bench b;

    set_up(&b, swapped ? &c->second : &c->first, false);
    b.key.port_forwarding = !swapped || c->forwarding;
    add_key(&b, swapped ? &c->first : &c->second, swapped || c->forwarding);
    assert_int_equal(adit_policy_may_open(&b.policy, "db", 3306, NULL, text), c->opens);
    assert_int_equal(adit_policy_may_listen(&b.policy, "localhost", 3306, text), c->listens);
    assert_int_equal(adit_policy_may_open_path(&b.policy, "/run/x", text), c->opens_path);
    assert_int_equal(adit_policy_may_listen_path(&b.policy, "/run/x", text), c->listens_path);
    tear_down(&b);
}

/* CVE-2026-39828: with several keys in a row each one's restrictions hold, whatever their order. */
static void each_key_of_a_login_restricts_it(void **state)
{
    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(two_keys); i++) {
        judge_two_keys(&two_keys[i], false);
        judge_two_keys(&two_keys[i], true);
    }
}

static void a_login_without_key_is_judged_by_the_configuration_alone(void **state)
{
    static const struct lists lists = { "db:1", "other:2", "9" };
    char text[ADIT_POLICY_TEXT_SIZE];
    struct bench b;

    (void)state;
    set_up(&b, &lists, false);
    b.policy.key = NULL;
    assert_true(adit_policy_may_open(&b.policy, "db", 1, NULL, text));
    assert_false(adit_policy_may_open(&b.policy, "other", 2, NULL, text));
    assert_true(adit_policy_may_listen(&b.policy, "localhost", 8080, text));
    tear_down(&b);
}

static void try_mode_says_that_it_serves_this_machine(void **state)
{
    static const struct lists lists = { "127.*:* [::1]:*", NULL, NULL };
    char text[ADIT_POLICY_TEXT_SIZE];
    struct bench b;

    (void)state;
    set_up(&b, &lists, false);
    b.policy.is_try = true;
    b.policy.key = NULL;
    assert_true(adit_policy_may_open(&b.policy, "127.0.0.1", 3306, NULL, text));
    assert_true(adit_policy_may_open(&b.policy, "localhost", 3306, NULL, text));
    assert_true(adit_policy_may_open(&b.policy, "localhost", 3306, "::1", text));
    assert_true(adit_policy_may_open(&b.policy, "127.9.9.9", 3306, "127.9.9.9", text));
    assert_false(adit_policy_may_open(&b.policy, "10.0.0.7", 3306, NULL, text));
    assert_string_equal(text,
                        "not allowed to open 10.0.0.7:3306: aditd --try serves this machine only");
    assert_false(adit_policy_may_open(&b.policy, "db", 3306, "10.0.0.7", text));
    tear_down(&b);
}

static void gateway_ports_decides_what_is_bound(void **state)
{
    static const struct {
        enum adit_gateway_ports rule;
        const char *asked;
        const char *bind; /* NULL: loopback */
    } cases[] = {
        { NO, "", NULL },
        { NO, "*", NULL },
        { NO, "192.0.2.1", NULL },
        { NO, "localhost", NULL },
        { NO, "::1", "::1" },
        { NO, "127.0.0.1", "127.0.0.1" },
        { NO, "0.0.0.0", NULL },
        { YES, "", "" },
        { YES, "localhost", "" },
        { YES, "127.0.0.1", "" },
        { SPEC, "", "" },
        { SPEC, "*", "" },
        { SPEC, "Localhost", NULL },
        { SPEC, "::1", "::1" },
        { SPEC, "192.0.2.1", "192.0.2.1" },
    };

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(cases); i++) {
        const char *bind = adit_policy_bind_address(cases[i].rule, cases[i].asked);

        if (cases[i].bind == NULL)
            assert_null(bind);
        else
            assert_string_equal(bind, cases[i].bind);
    }
}

static void targets_are_printable(void **state)
{
    char text[64];

    (void)state;
    assert_string_equal(adit_policy_target("db", 1, text, sizeof text), "db:1");
    assert_string_equal(adit_policy_target("", 65535, text, sizeof text), "*:65535");
    assert_string_equal(adit_policy_target("::1", 22, text, sizeof text), "[::1]:22");
    assert_string_equal(adit_policy_target("a\033b", 1, text, sizeof text), "a\\x1bb:1");
}

/* ---- paths ---------------------------------------------------------------------- */

/* F5, F9: a path is allowed by nothing that does not name it. */
static void paths_are_allowed_by_name_only(void **state)
{
    static const struct {
        struct lists lists;
        const char *path;
        const char *refusal; /* NULL: allowed */
    } cases[] = {
        { { NULL, NULL, NULL }, "/run/s", "add permitopen=\"/run/s\" to the key's line, or" },
        { { "any", NULL, NULL }, "/run/s", "add permitopen=\"/run/s\" to the key's line, or" },
        { { "*:*", NULL, NULL }, "/run/s", "add /run/s to PermitOpen" },
        { { "/run/s", NULL, NULL }, "/run/s", NULL },
        { { "/run/s", NULL, NULL }, "/run/S", "add /run/S to PermitOpen" },
        { { "/run/s", NULL, NULL }, "/run/s/", "not the plain path" },
        { { "/run/*", NULL, NULL }, "/run/a/b", NULL },
        { { "/run/*", NULL, NULL }, "/run/../etc/s", "not the plain path" },
        { { "/run/*", NULL, NULL }, "/run/./s", "not the plain path" },
        { { "/run/*", NULL, NULL }, "/run//s", "not the plain path" },
        { { "/run/*", NULL, NULL }, "/run/..", "not the plain path" },
        { { "/run/*", NULL, NULL }, "/run/...", NULL },
        { { "/run/*", NULL, NULL }, "/run/\n", "not the plain path" },
        { { "/*", NULL, NULL }, "run/s", "not the plain path" },
        { { "/*", NULL, NULL }, "", "not the plain path" },
        { { NULL, "/run/s", NULL }, "/run/s", NULL },
        { { "any", "/run/s", NULL }, "/run/s", NULL },
        { { "/run/s", "db:1", NULL }, "/run/s", "to the key's line" },
        { { "/run/s", NULL, "8080" }, "/run/s", "to the key's line" },
        { { "db:1", "/run/s", NULL }, "/run/s", "add /run/s to PermitOpen" },
        { { "/run/s", "/run/*", NULL }, "/run/s", NULL },
    };
    char text[ADIT_POLICY_TEXT_SIZE];
    struct bench b;

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(cases); i++) {
        for (int sshd_defaults = 0; sshd_defaults < 2; sshd_defaults++) {
            bool allowed;

            if (sshd_defaults && cases[i].lists.key_listen)
                continue; /* it is no list about opening then, as with sshd */
            set_up(&b, &cases[i].lists, false);
            b.policy.open_by_default = sshd_defaults;
            allowed = adit_policy_may_open_path(&b.policy, cases[i].path, text);
            tear_down(&b);
            if (allowed != (cases[i].refusal == NULL))
                fail_msg("case %zu: %s", i, allowed ? "allowed" : text);
            if (!allowed && strstr(text, cases[i].refusal) == NULL)
                fail_msg("case %zu says: %s", i, text);
        }
    }
}

static void listening_at_a_path_has_its_own_lists(void **state)
{
    static const struct lists config = { "/run/s", NULL, NULL };
    static const struct lists key = { NULL, NULL, "/run/s" };
    static const struct lists other = { "/run/s", "/run/s", NULL };
    char text[ADIT_POLICY_TEXT_SIZE];
    struct bench b;

    (void)state;
    set_up(&b, &config, true);
    assert_true(adit_policy_may_listen_path(&b.policy, "/run/s", text));
    assert_false(adit_policy_may_open_path(&b.policy, "/run/s", text));
    assert_false(adit_policy_may_listen_path(&b.policy, "/run/t", text));
    b.policy.listen_path_forbidden = true;
    assert_false(adit_policy_may_listen_path(&b.policy, "/run/s", text));
    assert_non_null(strstr(text, "AllowStreamLocalForwarding forbids it"));
    tear_down(&b);
    set_up(&b, &key, true);
    assert_true(adit_policy_may_listen_path(&b.policy, "/run/s", text));
    b.key.port_forwarding = false;
    assert_false(adit_policy_may_listen_path(&b.policy, "/run/s", text));
    tear_down(&b);
    set_up(&b, &other, true);
    assert_false(adit_policy_may_listen_path(&b.policy, "/run/s", text));
    tear_down(&b);
}

/* What names a path says nothing about ports, and the other way round. */
static void a_permit_of_a_path_opens_no_port(void **state)
{
    static const struct lists lists = { "/*", NULL, NULL };
    char text[ADIT_POLICY_TEXT_SIZE];
    struct bench b;

    (void)state;
    set_up(&b, &lists, false);
    assert_false(adit_policy_may_open(&b.policy, "/run/s", 80, NULL, text));
    assert_false(adit_policy_may_open(&b.policy, "db", 80, NULL, text));
    b.policy.open_path_forbidden = true;
    assert_false(adit_policy_may_open_path(&b.policy, "/run/s", text));
    tear_down(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_may_be_opened_is_what_every_list_allows),
        cmocka_unit_test(where_may_be_listened_is_what_every_list_allows),
        cmocka_unit_test(a_switch_that_is_off_forbids_what_the_lists_allow),
        cmocka_unit_test(restrict_without_port_forwarding_forbids_both),
        cmocka_unit_test(each_key_of_a_login_restricts_it),
        cmocka_unit_test(a_login_without_key_is_judged_by_the_configuration_alone),
        cmocka_unit_test(try_mode_says_that_it_serves_this_machine),
        cmocka_unit_test(gateway_ports_decides_what_is_bound),
        cmocka_unit_test(targets_are_printable),
        cmocka_unit_test(paths_are_allowed_by_name_only),
        cmocka_unit_test(listening_at_a_path_has_its_own_lists),
        cmocka_unit_test(a_permit_of_a_path_opens_no_port),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
