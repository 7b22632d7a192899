/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A host that is known by keys of other types only counts as changed wherever
 * nobody looks at it: the proposal asks for the known types first, so a gateway
 * that still has one of them would have shown it.
 */
#include "tunnel/host_key.h"

#include "base/span.h"
#include "base/text.h"
#include "keys/certificate.h"
#include "tunnel/failure.h"

#include <stdio.h>
#include <string.h>

enum {
    QUESTION_SIZE = 1024,
    ASK_TRIES = 3,
    KIND_SIZE = 32,
};

enum kinship { NEW, OTHER, UNREAD, MATCHING, CHANGED, REVOKED, KINSHIPS };

static enum kinship kinship_of(const struct adit_known_finding *finding)
{
    switch (finding->verdict) {
    case ADIT_KNOWN_MATCH:
        return MATCHING;
    case ADIT_KNOWN_CHANGED:
        return CHANGED;
    case ADIT_KNOWN_REVOKED:
        return REVOKED;
    case ADIT_KNOWN_UNKNOWN:
        break;
    }
    if (finding->unread[0] != '\0')
        return UNREAD;
    return finding->host_has_other ? OTHER : NEW;
}

enum adit_host_key_step adit_host_key_decide(enum adit_host_key_policy policy,
                                             const struct adit_known_finding *finding, bool can_ask)
{
    enum {
        TAKE = ADIT_HOST_KEY_TAKE,
        WRITE = ADIT_HOST_KEY_WRITE,
        INQUIRE = ADIT_HOST_KEY_INQUIRE,
        BAR = ADIT_HOST_KEY_BAR,
        REFUSE = ADIT_HOST_KEY_REFUSE,
    };
    /* clang-format off */
    static const unsigned char steps[][KINSHIPS] = {
        /*                              NEW      OTHER    UNREAD   MATCHING CHANGED  REVOKED */
        [ADIT_HOST_KEY_STRICT]     = { REFUSE,  REFUSE,  REFUSE,  TAKE,    REFUSE,  REFUSE },
        [ADIT_HOST_KEY_ASK]        = { INQUIRE, INQUIRE, REFUSE,  TAKE,    REFUSE,  REFUSE },
        [ADIT_HOST_KEY_ACCEPT_NEW] = { WRITE,   REFUSE,  REFUSE,  TAKE,    REFUSE,  REFUSE },
        [ADIT_HOST_KEY_OFF]        = { WRITE,   BAR,     BAR,     TAKE,    BAR,     REFUSE },
    };
    /* clang-format on */
    const enum adit_host_key_step step =
        (enum adit_host_key_step)steps[policy][kinship_of(finding)];

    return step == ADIT_HOST_KEY_INQUIRE && !can_ask ? ADIT_HOST_KEY_REFUSE : step;
}

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

enum adit_host_key_reply adit_host_key_read_reply(const char *answer, const char *fingerprint)
{
    struct adit_span word;

    while (is_space(*answer))
        answer++;
    word = adit_span_text(answer);
    while (word.len > 0 && is_space((char)word.data[word.len - 1]))
        word.len--;
    /* The letters of a fingerprint count with their case. */
    if (adit_text_equal_nocase(word, "yes") || adit_span_is(word, fingerprint))
        return ADIT_HOST_KEY_YES;
    if (word.len == 0 || adit_text_equal_nocase(word, "no"))
        return ADIT_HOST_KEY_NO;
    return ADIT_HOST_KEY_UNCLEAR;
}

/* What is shown of the key that came. */
struct shown_key {
    char kind[KIND_SIZE]; /* "ssh-ed25519", printable */
    char fingerprint[ADIT_FINGERPRINT_SIZE];
};

static void show_key(struct adit_span blob, struct shown_key *out)
{
    struct adit_key *key = NULL;

    adit_blob_fingerprint(blob, out->fingerprint);
    (void)snprintf(out->kind, sizeof out->kind, "unknown kind of");
    if (adit_key_from_blob(blob, &key) == ADIT_OK)
        (void)snprintf(out->kind, sizeof out->kind, "%s", adit_key_name(key));
    adit_key_free(key);
}

static bool user_agrees(struct adit_user *user, const struct adit_known_name *name,
                        const struct shown_key *key, bool host_has_other)
{
    char question[QUESTION_SIZE];
    char answer[ADIT_ANSWER_SIZE];
    enum adit_host_key_reply reply = ADIT_HOST_KEY_UNCLEAR;

    (void)snprintf(question, sizeof question,
                   "The host key of %s is not known%s.\n"
                   "It is an %s key with fingerprint\n%s\n"
                   "Is it the right one (yes/no/fingerprint)? ",
                   name->shown, host_has_other ? ", only keys of other types are" : "", key->kind,
                   key->fingerprint);
    for (int i = 0; i < ASK_TRIES && reply == ADIT_HOST_KEY_UNCLEAR; i++) {
        if (!adit_user_ask(user, ADIT_PROMPT_HOST_KEY, question, answer))
            return false;
        reply = adit_host_key_read_reply(answer, key->fingerprint);
        (void)snprintf(question, sizeof question, "Please type yes, no or the fingerprint: ");
    }
    return reply == ADIT_HOST_KEY_YES;
}

static void describe_refusal(const struct adit_known_finding *finding,
                             const struct adit_known_name *name, const struct shown_key *key,
                             struct adit_failure *failure)
{
    switch (kinship_of(finding)) {
    case REVOKED:
        adit_failure_set(failure, ADIT_ERR_HOST_KEY, ADIT_LEG_GATEWAY,
                         "the %s host key of %s, %s, is marked as revoked in %s line %u", key->kind,
                         name->shown, key->fingerprint, finding->file, finding->line);
        break;
    case CHANGED:
        adit_failure_set(failure, ADIT_ERR_HOST_KEY, ADIT_LEG_GATEWAY,
                         "the host key of %s is not the known one: either it was replaced or "
                         "somebody is in between; it is now %s %s, and %s line %u differs; "
                         "when the new one is confirmed: ssh-keygen -f '%s' -R '%s'",
                         name->shown, key->kind, key->fingerprint, finding->file, finding->line,
                         finding->file, name->shown);
        break;
    case OTHER:
        adit_failure_set(failure, ADIT_ERR_HOST_KEY, ADIT_LEG_GATEWAY,
                         "%s is known by host keys of other types, but showed %s %s; add "
                         "that one to known_hosts if it is right",
                         name->shown, key->kind, key->fingerprint);
        break;
    case UNREAD:
        adit_failure_set(failure, ADIT_ERR_HOST_KEY, ADIT_LEG_CLIENT,
                         "whether the host key of %s, %s %s, is known cannot be told: %s",
                         name->shown, key->kind, key->fingerprint, finding->unread);
        break;
    case NEW:
    case MATCHING:
    case KINSHIPS:
        adit_failure_set(failure, ADIT_ERR_HOST_KEY, ADIT_LEG_GATEWAY,
                         "the host key of %s is not known (%s %s); add it to known_hosts if "
                         "it is right",
                         name->shown, key->kind, key->fingerprint);
        break;
    }
}

static void warn(struct adit_user *user, const struct adit_known_finding *finding,
                 const struct adit_known_name *name, const struct shown_key *key)
{
    struct adit_failure failure;

    describe_refusal(finding, name, key, &failure);
    adit_user_say(user, ADIT_SAY_ERROR, "WARNING: %s", failure.text);
    adit_user_say(user, ADIT_SAY_ERROR,
                  "WARNING: going on because host keys are not to be checked; passwords are not "
                  "sent to this gateway");
}

static void carry_out(enum adit_host_key_step step, const struct adit_tunnel_settings *settings,
                      struct adit_user *user, struct adit_span key_blob,
                      const struct adit_known_finding *finding, struct adit_host_key_judgement *out)
{
    struct adit_known_name name;
    struct shown_key key;

    if (adit_known_name(settings, &name) != ADIT_OK)
        return;
    show_key(key_blob, &key);
    switch (step) {
    case ADIT_HOST_KEY_TAKE:
        adit_user_say(user, ADIT_SAY_DEBUG1, "host key %s %s is known from %s line %u", key.kind,
                      key.fingerprint, finding->file, finding->line);
        out->accepted = true;
        out->was_known = true;
        break;
    case ADIT_HOST_KEY_INQUIRE:
        out->accepted = user_agrees(user, &name, &key, finding->host_has_other);
        break;
    case ADIT_HOST_KEY_WRITE:
        adit_user_say(user, ADIT_SAY_INFO, "new host key of %s: %s %s", name.shown, key.kind,
                      key.fingerprint);
        out->accepted = true;
        break;
    case ADIT_HOST_KEY_BAR:
        warn(user, finding, &name, &key);
        out->accepted = true;
        out->passwords_barred = true;
        break;
    case ADIT_HOST_KEY_REFUSE:
        break;
    }
    if (out->accepted && (step == ADIT_HOST_KEY_INQUIRE || step == ADIT_HOST_KEY_WRITE))
        adit_known_files_add(settings, user, &name, key_blob);
    if (out->accepted && finding->unread[0] != '\0')
        adit_user_say(user, ADIT_SAY_INFO, "known hosts: %s", finding->unread);
    if (!out->accepted)
        describe_refusal(finding, &name, &key, &out->failure);
}

/* The plain key, by known_hosts and the policy. */
static enum adit_err judge_plain(const struct adit_tunnel_settings *settings,
                                 struct adit_user *user, const struct adit_known_name *name,
                                 struct adit_span key_blob,
                                 enum adit_host_certificate_verdict certificate,
                                 struct adit_host_key_judgement *out)
{
    struct adit_known_finding finding;
    const enum adit_err err = adit_known_files_check(settings, name, key_blob, &finding);

    if (err)
        return err;
    if (finding.complaint.line != 0)
        adit_user_say(user, ADIT_SAY_INFO, "known hosts: %s line %u %s", finding.complaint_file,
                      finding.complaint.line, finding.complaint.text);
    /* What cannot be read may say that it is revoked. */
    if (certificate == ADIT_HOST_CERTIFICATE_GOOD && finding.verdict != ADIT_KNOWN_REVOKED &&
        finding.unread[0] == '\0')
        out->accepted = true;
    else
        carry_out(adit_host_key_decide(settings->host_key_policy, &finding, user->prompt != NULL),
                  settings, user, key_blob, &finding, out);
    return ADIT_OK;
}

void adit_host_key_judge(const struct adit_tunnel_settings *settings, struct adit_user *user,
                         struct adit_span key_blob, struct adit_host_key_judgement *out)
{
    enum adit_host_certificate_verdict certificate = ADIT_HOST_CERTIFICATE_NO_HELP;
    struct adit_buffer plain = adit_buffer_init(key_blob.len);
    struct adit_known_name name;
    struct shown_key key;
    enum adit_err err = adit_known_name(settings, &name);

    *out = (struct adit_host_key_judgement){ 0 };
    show_key(key_blob, &key);
    (void)snprintf(out->shown, sizeof out->shown, "%s %s", key.kind, key.fingerprint);
    if (err == ADIT_OK && adit_blob_is_certificate(key_blob))
        err = adit_host_certificate_judge(settings, user, &name, key_blob, &certificate);
    if (err == ADIT_OK)
        err = adit_blob_plain(key_blob, &plain);
    if (err == ADIT_OK && certificate == ADIT_HOST_CERTIFICATE_REVOKED)
        adit_failure_set(&out->failure, ADIT_ERR_HOST_KEY, ADIT_LEG_GATEWAY,
                         "the authority of the host certificate of %s is marked as revoked in "
                         "known_hosts",
                         name.shown);
    else if (err == ADIT_OK)
        err = judge_plain(settings, user, &name, adit_buffer_span(&plain), certificate, out);
    if (err) /* without a verdict the key is refused */
        adit_failure_set(&out->failure, ADIT_ERR_HOST_KEY, ADIT_LEG_CLIENT,
                         "the host key of %s cannot be looked up: %s", settings->host,
                         adit_err_text(err));
    adit_buffer_clear(&plain);
}
