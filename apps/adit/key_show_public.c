/* SPDX-License-Identifier: BSD-2-Clause */
/* What is in a certificate is its maker's word, so nothing of it reaches the terminal as it is. */
#include "key_show_public.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

enum { SHOWN_SIZE = 1024, TIME_SIZE = 32 };

static void print_text(const char *title, struct adit_span text)
{
    char shown[SHOWN_SIZE];

    (void)printf("%-12s %s\n", title, adit_printable(text, shown, sizeof shown));
}

/* "2026-01-31 12:00:00 UTC", or the bare number of a time that no calendar has. */
static const char *time_text(uint64_t seconds, char out[static TIME_SIZE])
{
    const time_t when = (time_t)seconds;
    struct tm date;

    if (when < 0 || (uint64_t)when != seconds || gmtime_r(&when, &date) == NULL ||
        strftime(out, TIME_SIZE, "%Y-%m-%d %H:%M:%S UTC", &date) == 0)
        (void)snprintf(out, TIME_SIZE, "%llu", (unsigned long long)seconds);
    return out;
}

static void print_validity(const struct adit_certificate *certificate)
{
    const uint64_t now = (uint64_t)time(NULL);
    const bool begins = certificate->valid_after > 0;
    const bool ends = certificate->valid_before < UINT64_MAX;
    char after[TIME_SIZE];
    char before[TIME_SIZE];

    (void)printf("valid:       ");
    if (begins)
        (void)printf("from %s%s", time_text(certificate->valid_after, after), ends ? " " : "");
    if (ends)
        (void)printf("until %s", time_text(certificate->valid_before, before));
    if (now >= certificate->valid_before)
        (void)printf(" (over)");
    else if (now < certificate->valid_after)
        (void)printf(" (not yet)");
    (void)puts(begins || ends ? "" : "always");
}

static void print_principals(struct adit_span list)
{
    const char *title = "principals:";
    struct adit_span principal;

    if (list.len == 0)
        (void)puts("principals:  none");
    for (; adit_string_next(&list, &principal); title = "")
        print_text(title, principal);
}

/* "source-address 10.0.0.0/8"; of a value that is no string, how long it is. */
static void print_options(const char *title, struct adit_span list)
{
    char name_shown[SHOWN_SIZE];
    char value_shown[SHOWN_SIZE];
    struct adit_span name;
    struct adit_span value;

    for (; adit_string_next(&list, &name) && adit_string_next(&list, &value); title = "") {
        struct adit_span rest = value;
        struct adit_span text = ADIT_SPAN_EMPTY;
        const char *blank = value.len ? " " : "";

        if (value.len && (!adit_string_next(&rest, &text) || rest.len))
            (void)snprintf(value_shown, sizeof value_shown, "(%zu bytes)", value.len);
        else
            (void)adit_printable(text, value_shown, sizeof value_shown);
        (void)printf("%-12s %s%s%s\n", title, adit_printable(name, name_shown, sizeof name_shown),
                     blank, value_shown);
    }
}

static void print_authority(const struct adit_public_key *key)
{
    static const char *const verdicts[] = {
        [ADIT_SIGNATURE_GOOD] = "good",
        [ADIT_SIGNATURE_WRONG] = "wrong: this certificate is worth nothing",
        [ADIT_SIGNATURE_UNCHECKED] = "not checked, it is of a kind that is not known here",
    };
    struct adit_span ca = key->certificate.ca_blob;
    struct adit_span signature = key->certificate.signature;
    struct adit_span type = ADIT_SPAN_EMPTY;
    struct adit_span algorithm = ADIT_SPAN_EMPTY;
    char fingerprint[ADIT_FINGERPRINT_SIZE];
    char shown[SHOWN_SIZE];

    (void)adit_string_next(&ca, &type);
    (void)adit_string_next(&signature, &algorithm);
    adit_blob_fingerprint(key->certificate.ca_blob, fingerprint);
    (void)printf("signed by:   %s (%s)\n", fingerprint, adit_printable(type, shown, sizeof shown));
    (void)printf("signature:   %s, %s\n", adit_printable(algorithm, shown, sizeof shown),
                 verdicts[key->signature]);
}

static void print_certificate(const struct adit_public_key *key)
{
    const struct adit_certificate *certificate = &key->certificate;

    if (certificate->type == ADIT_CERTIFICATE_USER)
        (void)puts("certificate: of a user");
    else if (certificate->type == ADIT_CERTIFICATE_HOST)
        (void)puts("certificate: of a host");
    else
        (void)printf("certificate: of the unknown kind %u\n", (unsigned)certificate->type);
    print_text("key id:", certificate->key_id);
    (void)printf("serial:      %llu\n", (unsigned long long)certificate->serial);
    print_principals(certificate->principals);
    print_validity(certificate);
    print_authority(key);
    print_options("critical:", certificate->critical_options);
    print_options("extensions:", certificate->extensions);
}

void adit_key_print_public(const struct adit_public_key *key, const char *readers)
{
    char shown[SHOWN_SIZE];

    (void)printf("type:        %s, %u bits\n", adit_printable(key->name, shown, sizeof shown),
                 key->bits);
    (void)printf("fingerprint: %s\n             %s\n", key->fingerprint, key->fingerprint_md5);
    if (key->comment.len)
        print_text("comment:", key->comment);
    if (key->application.len)
        print_text("token:", key->application);
    if (key->is_certificate)
        print_certificate(key);
    if (key->is_certificate)
        readers = "OpenSSH, adit, aditd; PuTTY 0.78 and later";
    else if (key->application.data)
        readers = "OpenSSH 8.2 and later; adit signs with it through an agent";
    (void)printf("read by:     %s\n", readers);
}
