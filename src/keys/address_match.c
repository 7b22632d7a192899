/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An entry of a list is a network when it has a slash, an address when it reads
 * as one, and a pattern for the address's text otherwise. A network that cannot
 * be read makes the verdict "no": it may have been meant to shut somebody out.
 */
#include "base/span.h"
#include "base/text.h"
#include "keys/address.h"
#include "keys/authorized_keys.h"
#include "keys/lines.h"

struct subject {
    struct adit_span text;
    struct adit_address address;
    bool is_numeric;
};

/*
 * The text without its zone ("%eth0"); an IPv4 address that a socket for both
 * families shows as "::ffff:192.0.2.1" is taken as what it is.
 */
static void read_subject(const char *address, struct subject *out)
{
    static const char mapped[] = "::ffff:";
    struct adit_span text = adit_span_of(address, strcspn(address, "%"));
    struct adit_address v4;

    if (adit_line_begins(text, mapped)) {
        const size_t len = sizeof mapped - 1;
        const struct adit_span rest = adit_span_of(text.data + len, text.len - len);

        if (adit_address_parse(rest, &v4) && v4.len == 4)
            text = rest;
    }
    out->text = text;
    out->is_numeric = adit_address_parse(text, &out->address);
}

static bool is_same_address(const struct adit_address *a, const struct adit_address *b)
{
    return a->len == b->len && memcmp(a->bytes, b->bytes, a->len) == 0;
}

/* 1: matches, 0: does not, -1: a network that cannot be read. */
static int entry_matches(struct adit_span entry, const struct subject *subject)
{
    struct adit_network network;
    struct adit_address address;

    if (entry.len == 0)
        return 0;
    if (memchr(entry.data, '/', entry.len)) {
        if (!adit_network_parse(entry, &network))
            return -1;
        return subject->is_numeric && adit_network_has(&network, &subject->address);
    }
    if (adit_address_parse(entry, &address))
        return subject->is_numeric && is_same_address(&address, &subject->address);
    return adit_text_matches(entry, subject->text, true);
}

int adit_address_match_list(struct adit_span list, const char *address)
{
    struct adit_span entry;
    struct subject subject;
    int verdict = 0;

    read_subject(address, &subject);
    while (adit_text_list_next(&list, &entry)) {
        const bool negated = adit_line_begins(entry, "!");
        int match;

        if (negated)
            entry = adit_span_of(entry.data + 1, entry.len - 1);
        match = entry_matches(entry, &subject);
        if (match < 0 || (match && negated))
            return -1;
        if (match)
            verdict = 1;
    }
    return verdict;
}
