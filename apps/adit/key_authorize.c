/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "key_command.h"
#include "key_store.h"

enum { DAYS_DIGITS = 5, EXPIRES_SIZE = 32 };

/* "+90d": the date, in UTC, that many days from now. */
static bool days_from_now(const char *text, char out[static EXPIRES_SIZE])
{
    const size_t digits = strspn(text + 1, "0123456789");
    time_t when = time(NULL);
    struct tm date;

    if (digits == 0 || digits > DAYS_DIGITS || strcmp(text + 1 + digits, "d") != 0)
        return false;
    when += (time_t)strtoul(text + 1, NULL, 10) * 24 * 60 * 60;
    return gmtime_r(&when, &date) && strftime(out, EXPIRES_SIZE, "%Y%m%d", &date) != 0;
}

/* The form of authorized_keys; what is no time is left for the library to refuse. */
static const char *expiry_time(const char *text, char out[static EXPIRES_SIZE])
{
    static const char form[] = "dddd-dd-dd";

    if (text == NULL)
        return NULL;
    if (text[0] == '+')
        return days_from_now(text, out) ? out : text;
    if (strlen(text) != sizeof form - 1)
        return text;
    for (size_t i = 0; form[i]; i++)
        if (form[i] == 'd' ? text[i] < '0' || text[i] > '9' : text[i] != form[i])
            return text;
    (void)snprintf(out, EXPIRES_SIZE, "%.4s%.2s%.2s", text, text + 5, text + 8);
    return out;
}

/* The public half, for which no passphrase is needed but with encrypted PEM and PKCS#8. */
static struct adit_key *read_public_half(const char *path, const char *passphrase_file)
{
    struct adit_key_description description;
    struct adit_opened_key opened;
    struct adit_key_file_text text;
    struct adit_key *key = NULL;
    enum adit_err err;

    if (!adit_key_file_read(path, &text))
        return NULL;
    err = adit_key_describe(adit_key_file_span(&text), &description, &key);
    adit_key_file_clear(&text);
    if (err)
        (void)adit_key_fail("%s: %s", path, adit_key_err_text(err));
    if (err || key)
        return key;
    if (!adit_key_open(path, passphrase_file, &opened))
        return NULL;
    key = opened.key;
    opened.key = NULL;
    adit_opened_key_clear(&opened);
    return key;
}

/* sshd reads the lack of an option as "any", the gateway as "none" beside the other one. */
static void warn(const struct adit_key_line *line)
{
    if (line->open.count == 0)
        (void)fputs("adit key: without --open, sshd lets this key connect to anything; aditd to "
                    "what its PermitOpen says, to nothing beside --listen\n",
                    stderr);
    if (line->listen.count == 0)
        (void)fputs("adit key: without --listen, sshd lets this key listen on any port; aditd on "
                    "what its PermitListen says, on none beside --open\n",
                    stderr);
}

/* The library has taken it for a time: eight digits of a date come first. */
static void warn_of_the_past(const char *expires)
{
    const time_t now = time(NULL);
    struct tm date;
    char today[EXPIRES_SIZE];

    if (expires && localtime_r(&now, &date) && strftime(today, sizeof today, "%Y%m%d", &date) &&
        strncmp(expires, today, sizeof "20991231" - 1) < 0)
        (void)fprintf(stderr, "adit key: --expires %s is in the past: the key lets nobody in\n",
                      expires);
}

int adit_key_authorize(const struct adit_key_line *line)
{
    const char *path = line->files.items[0];
    char expires[EXPIRES_SIZE];
    const struct adit_key_permits permits = {
        .listen = line->listen.items,
        .listen_count = line->listen.count,
        .open = line->open.items,
        .open_count = line->open.count,
        .from = line->from,
        .expires = expiry_time(line->expires, expires),
    };
    char why[ADIT_KEY_PERMITS_WHY_SIZE];
    char *text = NULL;
    struct adit_key *key = read_public_half(path, line->passphrase_file);
    enum adit_err err;

    if (key == NULL)
        return 1;
    err = adit_key_write_authorized(key, &permits, line->comment, &text, why);
    adit_key_free(key);
    if (err)
        return adit_key_fail("%s", why[0] ? why : adit_err_text(err));
    warn(line);
    warn_of_the_past(permits.expires);
    (void)fputs(text, stdout);
    adit_key_text_free(text);
    return 0;
}
