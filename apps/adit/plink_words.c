/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Read letter by letter, as ssh would, "-pw secret" is port "w" of the host
 * "secret". None of these words means anything to ssh that could be wished for.
 */
#include "plink_words.h"

#include <stdio.h>
#include <string.h>

static bool fail(struct adit_options *options, const char *sentence)
{
    (void)snprintf(options->error, sizeof options->error, "%s", sentence);
    return false;
}

static bool note(struct adit_options *options, const char *sentence)
{
    if (options->note_count < ADIT_OPTIONS_NOTES_MAX)
        options->notes[options->note_count++] = sentence;
    return true;
}

/* The copy is ours to wipe, and nobody else is to read the argument any longer. */
static bool take_password(struct adit_options *options, char *const *argument)
{
    const size_t len = strlen(*argument);

    if (len >= sizeof options->password)
        return fail(options, "-pw: the password is too long");
    memcpy(options->password, *argument, len + 1);
    explicit_bzero(*argument, len);
    return note(options, "-pw: a password on a command line can be read by others; "
                         "--password-file takes it from a file");
}

static bool take_password_file(struct adit_options *options, char *const *argument)
{
    options->password_file = *argument;
    return true;
}

static bool take_batch(struct adit_options *options, char *const *argument)
{
    (void)argument;
    return adit_options_add_setting(options, "BatchMode", "yes");
}

/* Instead of all that is known of host keys; see the prompt of member.c. */
static bool take_host_key(struct adit_options *options, char *const *argument)
{
    if (strncmp(*argument, "SHA256:", 7) != 0)
        return fail(options, "-hostkey wants a fingerprint as in SHA256:…");
    if (options->host_key_count == ADIT_OPTIONS_HOST_KEYS_MAX)
        return fail(options, "-hostkey: too many of them");
    options->host_keys[options->host_key_count++] = *argument;
    if (options->host_key_count > 1)
        return true;
    /* Before all others: nothing may be looser than this. */
    return adit_options_put_setting(options, "UpdateHostKeys", "no") &&
           adit_options_put_setting(options, "GlobalKnownHostsFile", "none") &&
           adit_options_put_setting(options, "UserKnownHostsFile", "none") &&
           adit_options_put_setting(options, "StrictHostKeyChecking", "ask");
}

static bool take_port(struct adit_options *options, char *const *argument)
{
    return note(options, "-P: a number is plink's port; ssh's is -p, and its -P is a tag") &&
           adit_options_add_setting(options, "Port", *argument);
}

static bool take_nothing(struct adit_options *options, char *const *argument)
{
    (void)options, (void)argument;
    return true;
}

static const struct {
    const char *word;
    bool has_argument;
    bool (*take)(struct adit_options *options, char *const *argument);
} words[] = {
    { "-pw", true, take_password },  { "-pwfile", true, take_password_file },
    { "-batch", false, take_batch }, { "-hostkey", true, take_host_key },
    { "-P", true, take_port },       { "-ssh", false, take_nothing },
};

static bool is_number(const char *text)
{
    return text != NULL && text[0] != '\0' && strspn(text, "0123456789") == strlen(text);
}

enum adit_plink adit_plink_take(struct adit_options *options, const char *word, char *next,
                                bool *used_next)
{
    *used_next = false;
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (strcmp(word, words[i].word) != 0)
            continue;
        if (words[i].take == take_port && !is_number(next))
            return ADIT_PLINK_NONE; /* ssh's tag */
        if (words[i].has_argument && next == NULL) {
            (void)snprintf(options->error, sizeof options->error, "%s needs an argument", word);
            return ADIT_PLINK_BAD;
        }
        *used_next = words[i].has_argument;
        return words[i].take(options, &next) ? ADIT_PLINK_TAKEN : ADIT_PLINK_BAD;
    }
    return ADIT_PLINK_NONE;
}

void adit_plink_tell(const struct adit_options *options, const struct adit_client_log *log)
{
    const bool is_quiet = options->log_level != NULL && options->verbosity == 0;

    for (size_t i = 0; i < options->note_count && !is_quiet; i++)
        adit_client_say(log, ADIT_LOG_INFO, "%s", options->notes[i]);
}
