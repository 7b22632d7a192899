/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Users need no account. Where one exists its home folder stands for %h, and
 * under StrictModes its files may belong to it, as with sshd.
 */
#include "authorize.h"

#include "base/memory.h"
#include "base/span.h"
#include "crypto/algorithms.h"
#include "keys/certificate.h"
#include "net/file.h"

#include <errno.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

enum {
    FILE_MAX = 1 << 20,
    PATH_SIZE = 4096,
    PASSWD_SIZE = 16384,
    COMPLAINTS = 4,
    REASON_SIZE = 256
};

struct account {
    bool looked_up;
    bool exists;
    uid_t uid;
    char home[PATH_SIZE];
};

static void look_up(struct account *account, const char *user)
{
    char *memory = NULL;
    struct passwd entry;
    struct passwd *found = NULL;

    if (account->looked_up)
        return;
    account->looked_up = true;
    memory = adit_new(PASSWD_SIZE);
    if (memory && getpwnam_r(user, &entry, memory, PASSWD_SIZE, &found) == 0 && found &&
        found->pw_dir && found->pw_dir[0] == '/') {
        account->exists = true;
        account->uid = found->pw_uid;
        (void)snprintf(account->home, sizeof account->home, "%s", found->pw_dir);
    }
    free(memory);
}

static bool add(char *out, size_t *at, const char *text)
{
    const size_t len = strlen(text);

    if (len >= PATH_SIZE - *at)
        return false;
    memcpy(out + *at, text, len + 1);
    *at += len;
    return true;
}

/* False: the pattern asks for a home that there is not, or is no path. */
static bool expand(const char *pattern, const char *user, struct account *account, char *out)
{
    size_t at = 0;
    const bool relative = pattern[0] != '/' && strncmp(pattern, "%h", 2) != 0;

    if (relative || strstr(pattern, "%h"))
        look_up(account, user);
    if (relative && (!account->exists || !add(out, &at, account->home) || !add(out, &at, "/")))
        return false;
    for (const char *p = pattern; *p; p++) {
        const char one[2] = { *p, '\0' };
        bool fits;

        if (*p != '%')
            fits = add(out, &at, one);
        else if (*++p == 'u')
            fits = add(out, &at, user);
        else if (*p == 'h')
            fits = account->exists && add(out, &at, account->home);
        else
            fits = *p == '%' && add(out, &at, "%");
        if (!fits)
            return false;
    }
    return true;
}

/* StrictModes for a file in a user's home: it and its folders are the user's or root's. */
static bool home_is_strict(const char *path, uid_t uid, char *why, size_t size)
{
    char at[PATH_SIZE];
    char *slash;

    if (realpath(path, at) == NULL)
        return true; /* reading it will say what is wrong */
    for (;;) {
        struct stat st;

        if (stat(at, &st) != 0 || (st.st_uid != 0 && st.st_uid != uid) || (st.st_mode & 022)) {
            (void)snprintf(why, size, "%.100s: bad owner or mode of %.100s", path, at);
            return false;
        }
        slash = strrchr(at, '/');
        if (slash == NULL || slash == at)
            return true;
        *slash = '\0';
    }
}

static enum adit_err read_keys(const struct adit_key_question *question, const char *pattern,
                               struct account *account, struct adit_buffer *text, char *why,
                               size_t size)
{
    char *path = adit_new(PATH_SIZE);
    enum adit_file_care care = question->strict ? ADIT_FILE_STRICT : ADIT_FILE_ANY;
    enum adit_err err = ADIT_ERR_NOT_FOUND;
    size_t home_len;
    bool in_home;

    if (path == NULL)
        return ADIT_ERR_NO_MEMORY;
    if (!expand(pattern, question->user, account, path))
        goto done;
    home_len = strlen(account->home);
    in_home =
        account->exists && strncmp(path, account->home, home_len) == 0 && path[home_len] == '/';
    if (in_home && question->strict) {
        if (!home_is_strict(path, account->uid, why, size)) {
            err = ADIT_ERR_SYSTEM;
            goto done;
        }
        care = ADIT_FILE_ANY;
    }
    err = adit_file_read(path, care, text, why, size);
done:
    free(path);
    return err;
}

/* The options that are judged at the login; the others are policy's. */
static bool options_admit(const struct adit_key_question *question,
                          const struct adit_key_options *options, char *why, size_t size)
{
    if (options->expiry_time && question->now >= options->expiry_time) {
        (void)snprintf(why, size, "the key has expired");
        return false;
    }
    if (options->from &&
        adit_address_match_list(adit_span_text(options->from), question->address) <= 0) {
        (void)snprintf(why, size, "from= of the key's line does not list %s", question->address);
        return false;
    }
    return true;
}

/* ---- certificates ---- */

enum { NAMES_MAX = 64 };

/*
 * Whether the certificate is good for one of the names, comma-separated. NULL: for
 * the user, whose name may have commas of its own.
 */
static bool certificate_admits(const struct adit_key_question *question,
                               const struct adit_certificate *certificate, const char *names,
                               char *why, size_t size)
{
    char *copy = adit_text_copy(adit_span_text(names ? names : question->user));
    const char *list[NAMES_MAX];
    struct adit_certificate_use use = {
        .type = ADIT_CERTIFICATE_USER,
        .now = question->now,
        .names = list,
        .address = question->address,
        .ca_algorithms = question->ca_algorithms
                             ? question->ca_algorithms
                             : adit_algorithms_default(ADIT_ALGORITHM_HOST_KEY, true),
    };
    char reason[128] = "out of memory";
    char *rest = copy;
    bool good = false;

    while (copy && rest && use.name_count < NAMES_MAX)
        list[use.name_count++] = strsep(&rest, names ? "," : "");
    if (copy)
        good = adit_certificate_check(certificate, &use, reason, sizeof reason) == ADIT_OK;
    if (!good)
        (void)snprintf(why, size, "the certificate: %s", reason);
    free(copy);
    return good;
}

/* What the certificate allows, on top of what the line of its authority does. */
static bool take_options(const struct adit_certificate *certificate,
                         struct adit_key_options *options)
{
    options->port_forwarding =
        options->port_forwarding &&
        adit_certificate_has_extension(certificate, "permit-port-forwarding");
    free(options->comment);
    options->comment = adit_text_copy(certificate->key_id);
    return options->comment != NULL;
}

/* Whether TrustedUserCAKeys has the authority. */
static bool authority_trusted(const struct adit_key_question *question, struct adit_span ca_blob,
                              char *why, size_t size)
{
    struct adit_buffer text = adit_buffer_init(FILE_MAX);
    struct adit_authorized_complaint complaint;
    struct adit_authorized_text lines;
    struct adit_key_options options = { 0 };
    size_t count;
    enum adit_err err;

    if (question->trusted_cas == NULL)
        return false;
    err = adit_file_read(question->trusted_cas, question->strict ? ADIT_FILE_STRICT : ADIT_FILE_ANY,
                         &text, why, size);
    lines = adit_authorized_text_begin(adit_buffer_span(&text));
    if (!err)
        err = adit_authorized_keys_find(&lines, ca_blob, &options, &complaint, 1, &count);
    adit_key_options_clear(&options);
    adit_buffer_clear(&text);
    return err == ADIT_OK;
}

/* ---- the answer ---- */

/* The sentence for the log. That a line was refused outranks what is wrong elsewhere. */
struct reason {
    char *text;
    size_t size;
    bool is_refusal; /* of the first line that has the key */
};

static void note(struct reason *reason, bool is_refusal, const char *text)
{
    if (reason->is_refusal)
        return;
    reason->is_refusal = is_refusal;
    (void)snprintf(reason->text, reason->size, "%s", text);
}

static enum adit_err find_line(const struct adit_key_question *question,
                               const struct adit_certificate *certificate,
                               struct adit_authorized_text *text, struct adit_key_options *options,
                               struct adit_authorized_complaint *complaints, size_t *count)
{
    return certificate ? adit_authorized_authority_find(text, certificate->ca_blob, options,
                                                        complaints, COMPLAINTS, count)
                       : adit_authorized_keys_find(text, question->key_blob, options, complaints,
                                                   COMPLAINTS, count);
}

static bool line_admits(const struct adit_key_question *question,
                        const struct adit_certificate *certificate,
                        struct adit_key_options *options, char *why, size_t size)
{
    if (!options_admit(question, options, why, size))
        return false;
    return certificate == NULL ||
           (certificate_admits(question, certificate, options->principals, why, size) &&
            take_options(certificate, options));
}

/* A line that does not admit hides none behind it, as with sshd. */
static bool file_admits(const struct adit_key_question *question,
                        const struct adit_certificate *certificate, struct adit_span file,
                        struct adit_key_options *options, struct reason *reason)
{
    struct adit_authorized_text text = adit_authorized_text_begin(file);
    struct adit_authorized_complaint complaints[COMPLAINTS];
    char why[REASON_SIZE];
    size_t count;
    enum adit_err err;

    for (;;) {
        err = find_line(question, certificate, &text, options, complaints, &count);
        if (err)
            break;
        (void)snprintf(why, sizeof why, "%s", adit_err_text(ADIT_ERR_NO_MEMORY));
        if (line_admits(question, certificate, options, why, sizeof why))
            return true;
        note(reason, true, why);
        adit_key_options_clear(options);
    }
    if (count) {
        (void)snprintf(why, sizeof why, "no good line has this key; line %u: %s",
                       complaints[0].line, complaints[0].text);
        note(reason, false, why);
    } else if (err != ADIT_ERR_NOT_FOUND) {
        note(reason, false, adit_err_text(err));
    }
    return false;
}

static bool files_admit(const struct adit_key_question *question,
                        const struct adit_certificate *certificate,
                        struct adit_key_options *options, struct reason *reason)
{
    struct account account = { .looked_up = false };
    bool good = false;

    for (size_t i = 0; i < question->files->count && !good; i++) {
        struct adit_buffer text = adit_buffer_init(FILE_MAX);
        char why[REASON_SIZE] = "";
        const enum adit_err err =
            read_keys(question, question->files->items[i], &account, &text, why, sizeof why);

        if (!err)
            good = file_admits(question, certificate, adit_buffer_span(&text), options, reason);
        else if (err != ADIT_ERR_NOT_FOUND)
            note(reason, false, why[0] ? why : adit_err_text(err));
        adit_buffer_clear(&text);
    }
    return good;
}

/* By TrustedUserCAKeys. */
static bool authority_admits(const struct adit_key_question *question,
                             const struct adit_certificate *certificate,
                             struct adit_key_options *options, struct reason *reason)
{
    char why[REASON_SIZE] = "";
    const bool trusted = authority_trusted(question, certificate->ca_blob, why, sizeof why);

    options->port_forwarding = true;
    if (trusted && certificate_admits(question, certificate, NULL, why, sizeof why) &&
        take_options(certificate, options))
        return true;
    if (why[0])
        note(reason, trusted, why);
    adit_key_options_clear(options);
    return false;
}

bool adit_key_authorized(const struct adit_key_question *question, struct adit_key_options *options,
                         char *why, size_t size)
{
    struct reason reason = { .text = why, .size = size };
    struct adit_certificate certificate;
    bool good;

    if (!adit_blob_is_certificate(question->key_blob)) {
        note(&reason, false, "no line has this key");
        good = files_admit(question, NULL, options, &reason);
    } else if (adit_certificate_parse(question->key_blob, &certificate) != ADIT_OK) {
        note(&reason, true, "the certificate is malformed");
        good = false;
    } else {
        note(&reason, false, "no line has the authority of this certificate");
        good = authority_admits(question, &certificate, options, &reason) ||
               files_admit(question, &certificate, options, &reason);
    }
    if (good)
        why[0] = '\0';
    else
        adit_key_options_clear(options);
    return good;
}
