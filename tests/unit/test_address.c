/* SPDX-License-Identifier: BSD-2-Clause */
#include "keys/address.h"

#include "exact.h"

#include "keys/authorized_keys.h"

#include <arpa/inet.h>

static bool parse(const char *text, struct adit_address *out)
{
    const struct adit_span exact = exact_copy(text, strlen(text));
    const bool ok = adit_address_parse(exact, out);

    exact_free(exact);
    return ok;
}

/* The C library is the judge: what it reads we read as the same bytes, and nothing else. */
static void addresses_read_as_inet_pton_reads_them(void **state)
{
    static const char *const texts[] = {
        "0.0.0.0",
        "192.0.2.1",
        "255.255.255.255",
        "256.0.0.1",
        "1.2.3",
        "1.2.3.4.5",
        "1.2.3.",
        ".1.2.3",
        "1..2.3",
        "01.2.3.4",
        "1.2.3.04",
        "0x1.2.3.4",
        "1.2.3.4 ",
        " 1.2.3.4",
        "1.2.3.-4",
        "1.2.3.1000",
        "16909060",
        "",
        "a",
        ".",
        "...",
        "::",
        "::1",
        "1::",
        "2001:db8::1",
        "2001:DB8::A",
        "1:2:3:4:5:6:7:8",
        "1:2:3:4:5:6:7:8:9",
        "1:2:3:4:5:6:7",
        "1:2:3:4:5:6:7::",
        "::2:3:4:5:6:7:8",
        "1::8",
        "1:2::3::4",
        ":::",
        "::::",
        ":",
        "1:",
        ":1",
        "1:2:3:4:5:6:7:",
        ":1:2:3:4:5:6:7",
        "12345::",
        "::g",
        "::ffff:192.0.2.1",
        "::192.0.2.1",
        "64:ff9b::192.0.2.1",
        "1:2:3:4:5:6:192.0.2.1",
        "1:2:3:4:5:6:7:192.0.2.1",
        "1:2:3:4:5:192.0.2.1",
        "::192.0.2.1:1",
        "192.0.2.1::",
        "::192.0.2",
        "::192.0.2.256",
        "::1.2.3.4.5",
        "::00001",
        "::0001",
        "fe80::1%eth0",
        "[::1]",
        "::1/64",
        "0:0:0:0:0:0:0:0",
        "::ffff:1.2.3.04",
        "1:2:3:4:5:6:7:8::",
        "::1:2:3:4:5:6:7:8",
        "1::2:3:4:5:6:7",
        "::1 ",
    };

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(texts); i++) {
        const int family = strchr(texts[i], ':') ? AF_INET6 : AF_INET;
        struct adit_address address;
        uint8_t wanted[16];
        const bool is_address = inet_pton(family, texts[i], wanted) == 1;

        if (parse(texts[i], &address) != is_address)
            fail_msg("\"%s\"", texts[i]);
        if (!is_address)
            continue;
        assert_int_equal(address.len, family == AF_INET ? 4 : 16);
        assert_memory_equal(address.bytes, wanted, address.len);
    }
}

/* Texts made at random of the letters that matter, from a fixed seed. */
static void random_texts_read_as_inet_pton_reads_them(void **state)
{
    static const char letters[] = "0123456789abcF::::::....";
    uint32_t seed = 20;
    size_t good = 0;

    (void)state;
    for (int round = 0; round < 200000; round++) {
        char text[24] = { 0 };
        struct adit_address address;
        uint8_t wanted[16];
        size_t len;
        int family;
        bool is_address;

        seed = seed * 1664525U + 1013904223U;
        len = 2 + (seed >> 16) % 18;
        for (size_t i = 0; i < len; i++) {
            seed = seed * 1664525U + 1013904223U;
            text[i] = letters[(seed >> 16) % (sizeof letters - 1)];
        }
        family = strchr(text, ':') ? AF_INET6 : AF_INET;
        is_address = inet_pton(family, text, wanted) == 1;
        if (adit_address_parse(adit_span_of(text, len), &address) != is_address)
            fail_msg("\"%s\"", text);
        if (is_address) {
            assert_memory_equal(address.bytes, wanted, address.len);
            good++;
        }
    }
    assert_true(good > 100);
}

static void networks_have_no_bits_beyond_their_prefix(void **state)
{
    static const struct {
        const char *text;
        bool ok;
    } rows[] = {
        { "192.0.2.0/24", true },
        { "192.0.2.1/24", false },
        { "192.0.2.1/32", true },
        { "0.0.0.0/0", true },
        { "0.0.0.1/0", false },
        { "192.0.2.0/33", false },
        { "192.0.2.0/", false },
        { "/24", false },
        { "192.0.2.0", false },
        { "192.0.2.0/-1", false },
        { "192.0.2.0/24/", false },
        { "192.0.2.0/0x8", false },
        { "192.0.2.128/25", true },
        { "192.0.2.64/25", false },
        { "2001:db8::/32", true },
        { "2001:db8::/128", true },
        { "2001:db8::/129", false },
        { "2001:db8::1/64", false },
        { "::/0", true },
        { "10/8", false },
        { "192.0.2.0/255.255.255.0", false },
        { "", false },
        { "/", false },
        { "192.0.2.0/18446744073709551640", false },
    };

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(rows); i++) {
        struct adit_network network;

        if (adit_network_parse(adit_span_text(rows[i].text), &network) != rows[i].ok)
            fail_msg("\"%s\"", rows[i].text);
    }
}

static void a_network_has_the_addresses_of_its_prefix(void **state)
{
    static const struct {
        const char *network;
        const char *address;
        bool has;
    } rows[] = {
        { "192.0.2.0/24", "192.0.2.255", true },
        { "192.0.2.0/24", "192.0.3.0", false },
        { "192.0.2.0/25", "192.0.2.127", true },
        { "192.0.2.0/25", "192.0.2.128", false },
        { "192.0.2.1/32", "192.0.2.1", true },
        { "192.0.2.1/32", "192.0.2.0", false },
        { "0.0.0.0/0", "203.0.113.9", true },
        { "0.0.0.0/0", "::1", false },
        { "::/0", "203.0.113.9", false },
        { "::/0", "2001:db8::1", true },
        { "2001:db8::/33", "2001:db8:7fff::", true },
        { "2001:db8::/33", "2001:db8:8000::", false },
        { "::1/128", "::1", true },
        { "::1/128", "::2", false },
    };

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(rows); i++) {
        struct adit_network network;
        struct adit_address address;

        assert_true(adit_network_parse(adit_span_text(rows[i].network), &network));
        assert_true(parse(rows[i].address, &address));
        if (adit_network_has(&network, &address) != rows[i].has)
            fail_msg("%s in %s", rows[i].address, rows[i].network);
    }
}

static void lists_of_networks_and_patterns_judge_an_address(void **state)
{
    static const struct {
        const char *list;
        const char *address;
        int verdict;
    } rows[] = {
        { "10.0.0.0/8", "10.1.2.3", 1 },
        { "10.0.0.0/8", "11.1.2.3", 0 },
        { "10.0.0.0/8,192.0.2.7", "192.0.2.7", 1 },
        { "!10.0.0.5,10.0.0.0/8", "10.0.0.5", -1 },
        { "10.0.0.0/8,!10.0.0.5", "10.0.0.5", -1 },
        { "10.0.0.0/8,!10.0.0.5", "10.0.0.6", 1 },
        { "!10.0.0.0/8,*", "10.1.2.3", -1 },
        { "!10.0.0.0/8,*", "192.0.2.7", 1 },
        { "!10.0.0.0/8", "192.0.2.7", 0 },
        { "10.0.*", "10.0.9.9", 1 },
        { "10.0.*", "10.1.9.9", 0 },
        { "192.0.2.?", "192.0.2.7", 1 },
        { "*.example.org", "192.0.2.7", 0 },
        { "*", "2001:db8::1", 1 },
        { "2001:db8::/32", "2001:db8::1", 1 },
        { "2001:DB8:0::1", "2001:db8::1", 1 },
        { "fe80::/10", "fe80::1%eth0", 1 },
        { "10.0.0.0/8", "::ffff:10.1.2.3", 1 },
        { "10.1.2.3", "::ffff:10.1.2.3", 1 },
        { "10.1.*", "::ffff:10.1.2.3", 1 },
        { "!10.1.2.3,*", "::ffff:10.1.2.3", -1 },
        { "10.0.0.1/8,*", "10.1.2.3", -1 }, /* a network that is none shuts out */
        { "*,!10.0.0.0/33", "192.0.2.7", -1 },
        { "*,10.0.0.0/x", "192.0.2.7", -1 },
        { "10.0.0.0/8", "UNKNOWN", 0 },
        { "10.0.0.0/8", "", 0 },
        { "", "", 0 },
        { "!,,", "", 0 },
    };

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(rows); i++) {
        const struct adit_span list = exact_copy(rows[i].list, strlen(rows[i].list));
        const int verdict = adit_address_match_list(list, rows[i].address);

        if (verdict != rows[i].verdict)
            fail_msg("%s in \"%s\": %d", rows[i].address, rows[i].list, verdict);
        exact_free(list);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(addresses_read_as_inet_pton_reads_them),
        cmocka_unit_test(random_texts_read_as_inet_pton_reads_them),
        cmocka_unit_test(networks_have_no_bits_beyond_their_prefix),
        cmocka_unit_test(a_network_has_the_addresses_of_its_prefix),
        cmocka_unit_test(lists_of_networks_and_patterns_judge_an_address),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
