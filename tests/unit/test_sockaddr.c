/* SPDX-License-Identifier: BSD-2-Clause */
#include "net/sockaddr.h"

#include "base/span.h"

#include <netdb.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

enum { INFOS_MAX = 24 };

/* What getaddrinfo() would give: a '6' or '4' for each address, whose port is its place. */
struct found {
    struct addrinfo infos[INFOS_MAX];
    struct sockaddr_in v4[INFOS_MAX];
    struct sockaddr_in6 v6[INFOS_MAX];
};

static void find(struct found *f, const char *families)
{
    for (size_t i = 0; families[i] != '\0'; i++) {
        struct addrinfo *info = &f->infos[i];

        f->v4[i] = (struct sockaddr_in){ .sin_family = AF_INET, .sin_port = htons((uint16_t)i) };
        f->v6[i] =
            (struct sockaddr_in6){ .sin6_family = AF_INET6, .sin6_port = htons((uint16_t)i) };
        *info = (struct addrinfo){ .ai_family = AF_INET,
                                   .ai_addr = (struct sockaddr *)&f->v4[i],
                                   .ai_addrlen = sizeof f->v4[i] };
        if (families[i] == '6')
            *info = (struct addrinfo){ .ai_family = AF_INET6,
                                       .ai_addr = (struct sockaddr *)&f->v6[i],
                                       .ai_addrlen = sizeof f->v6[i] };
        info->ai_next = families[i + 1] != '\0' ? info + 1 : NULL;
    }
}

static void the_families_take_turns(void **state)
{
    static const struct {
        const char *families;
        const char *order; /* places, as letters */
    } cases[] = {
        { "6", "a" },
        { "4", "a" },
        { "64", "ab" },
        { "46", "ab" },
        { "66664", "aebcd" },
        { "44446", "aebcd" },
        { "666444", "adbecf" },
        { "4664", "abdc" },
        { "66", "ab" },
        /* No more than sixteen: the other family is among them. */
        { "666666666666666666664", "aubcdefghijklmno" },
        { "44444444444444444444", "abcdefghijklmnop" },
    };

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(cases); i++) {
        struct adit_sockaddrs out = { .count = 0 };
        struct found f;
        char order[ADIT_SOCKADDRS_MAX + 1] = "";

        find(&f, cases[i].families);
        adit_sockaddrs_add(&out, f.infos);
        for (size_t j = 0; j < out.count; j++) {
            const uint16_t place = adit_sockaddr_port(&out.list[j]);

            order[j] = (char)('a' + place);
            assert_int_equal(out.list[j].storage.ss_family, f.infos[place].ai_family);
        }
        assert_string_equal(order, cases[i].order);
    }
}

static void nothing_found_adds_nothing(void **state)
{
    struct adit_sockaddrs out = { .count = 0 };

    (void)state;
    adit_sockaddrs_add(&out, NULL);
    assert_int_equal(out.count, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_families_take_turns),
        cmocka_unit_test(nothing_found_adds_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
