/* SPDX-License-Identifier: BSD-2-Clause */
#include "tunnel/agent.h"

#include "base/memory.h"
#include "base/span.h"
#include "keys/openssh_key.h"
#include "net/agent.h"
#include "tunnel/host_key.h"
#include "wire/agent_messages.h"

#include <stdio.h>
#include <stdlib.h>

enum {
    LIST_TIMEOUT_MS = 10 * 1000,
    SIGN_TIMEOUT_MS = 120 * 1000, /* its user may be asked, or has to touch a token */
    NAME_SIZE = 512,
    QUESTION_SIZE = NAME_SIZE + 64,
};

static const char *environment(const char *name)
{
    const char *value = secure_getenv(name);

    return value != NULL && value[0] != '\0' ? value : NULL;
}

const char *adit_agent_path(const struct adit_tunnel_settings *settings)
{
    const char *agent = settings->identity_agent;

    if (agent == NULL || strcmp(agent, "SSH_AUTH_SOCK") == 0)
        return environment("SSH_AUTH_SOCK");
    if (strcmp(agent, "none") == 0)
        return NULL;
    return agent[0] == '$' ? environment(agent + 1) : agent;
}

static struct adit_agent_call call_of(const char *path, uint64_t timeout_ms, struct adit_user *user)
{
    return (struct adit_agent_call){ path, timeout_ms, &user->interrupt };
}

/* Of a call that was ended by us there is nothing to tell. */
static void say_failed(struct adit_user *user, enum adit_err err, const char *what,
                       const char *whom)
{
    if (!adit_interrupt_is_fired(&user->interrupt))
        adit_user_say(user, err == ADIT_ERR_NOT_FOUND ? ADIT_SAY_DEBUG1 : ADIT_SAY_INFO,
                      "%s %s: %s", what, whom, adit_err_text(err));
}

/* The keys of files come before the agent's others, each in the agent's order. */
enum { RANK_OF_FILE_KEY = 2, RANK_OF_OTHER = RANK_OF_FILE_KEY + ADIT_AGENT_KEYS_MAX };

static bool has_plain(const struct adit_identity *identity, struct adit_span blob)
{
    return identity->plain.len > 0 && adit_span_equal(adit_buffer_span(&identity->plain), blob);
}

/* False: it is none of the identities so far. */
static bool mark(struct adit_identities *identities, struct adit_span blob, unsigned index)
{
    bool found = false;

    for (size_t i = 0; i < identities->count; i++) {
        struct adit_identity *identity = &identities->items[i];

        const bool is_same = adit_span_equal(identity->blob, blob);

        if (identity->rank == 0 || (!is_same && (identity->in_agent || !has_plain(identity, blob))))
            continue;
        if (!identity->in_agent && identity->rank > RANK_OF_FILE_KEY)
            identity->rank = RANK_OF_FILE_KEY + index;
        identity->in_agent = true;
        identity->agent_has_plain = !is_same;
        found = found || is_same;
    }
    return found;
}

static enum adit_err add(struct adit_identities *into, const struct adit_agent_identity *from,
                         unsigned index)
{
    struct adit_identity *identity = &into->items[into->count];
    enum adit_err err;

    *identity = (struct adit_identity){ .in_agent = true, .rank = RANK_OF_OTHER + index };
    identity->held = adit_buffer_init(from->key_blob.len);
    identity->comment = adit_text_copy(from->comment);
    err = identity->comment ? adit_buffer_append(&identity->held, from->key_blob)
                            : ADIT_ERR_NO_MEMORY;
    if (err) {
        free(identity->comment);
        return err;
    }
    identity->blob = adit_buffer_span(&identity->held);
    into->count++;
    return ADIT_OK;
}

enum adit_err adit_agent_add(const struct adit_tunnel_settings *settings, struct adit_user *user,
                             struct adit_identities *into)
{
    const char *path = adit_agent_path(settings);
    const struct adit_agent_call call = call_of(path, LIST_TIMEOUT_MS, user);
    struct adit_buffer answer = adit_buffer_init(ADIT_AGENT_MESSAGE_MAX);
    struct adit_msg_agent_identities msg;
    struct adit_agent_identity identity;
    enum adit_err err;

    if (path == NULL)
        return ADIT_OK;
    err = adit_agent_list(&call, &answer);
    if (!err)
        err = adit_parse_agent_identities(adit_buffer_span(&answer), &msg);
    if (err) {
        say_failed(user, err, "no keys from the agent at", path);
        adit_buffer_clear(&answer);
        return err == ADIT_ERR_NO_MEMORY ? err : ADIT_OK;
    }
    adit_user_say(user, ADIT_SAY_DEBUG1, "the agent at %s has %u keys", path, (unsigned)msg.count);
    for (unsigned i = 0; err == ADIT_OK && i < ADIT_AGENT_KEYS_MAX &&
                         adit_agent_identity_next(&msg.identities, &identity);
         i++)
        if (!mark(into, identity.key_blob, i) && !settings->identities_only)
            err = add(into, &identity, i);
    adit_buffer_clear(&answer);
    return err;
}

enum adit_err adit_agent_sign_with(const struct adit_tunnel_settings *settings,
                                   struct adit_user *user, const struct adit_identity *identity,
                                   const char *algorithm, struct adit_span data,
                                   struct adit_buffer *signature)
{
    const char *path = adit_agent_path(settings);
    const struct adit_agent_call call = call_of(path, SIGN_TIMEOUT_MS, user);
    char name[NAME_SIZE];
    enum adit_err err = ADIT_ERR_NOT_FOUND;

    if (path != NULL)
        err = adit_agent_sign(
            &call, identity->agent_has_plain ? adit_buffer_span(&identity->plain) : identity->blob,
            algorithm, data, signature);
    if (err)
        say_failed(user, err, "the agent does not sign with",
                   adit_identity_text(identity, name, sizeof name));
    return err;
}

/* ---- AddKeysToAgent ---- */

bool adit_agent_wants(const struct adit_tunnel_settings *settings,
                      const struct adit_identity *identity)
{
    return settings->add_keys_to_agent != ADIT_ADD_KEYS_NO && identity->key != NULL &&
           identity->path != NULL && !identity->in_agent && !identity->given &&
           adit_agent_path(settings) != NULL;
}

static bool user_agrees(const struct adit_tunnel_settings *settings, struct adit_user *user,
                        const char *name)
{
    char question[QUESTION_SIZE];
    char answer[ADIT_ANSWER_SIZE];

    if (settings->add_keys_to_agent != ADIT_ADD_KEYS_ASK)
        return true;
    (void)snprintf(question, sizeof question, "Add %s to the agent (yes/no)? ", name);
    return !settings->batch_mode && adit_user_ask(user, ADIT_PROMPT_VISIBLE, question, answer) &&
           adit_host_key_read_reply(answer, "") == ADIT_HOST_KEY_YES;
}

void adit_agent_keep(const struct adit_tunnel_settings *settings, struct adit_user *user,
                     const struct adit_identity *identity)
{
    const struct adit_agent_call call = call_of(adit_agent_path(settings), SIGN_TIMEOUT_MS, user);
    const uint64_t lifetime_s = settings->add_keys_ms / 1000;
    const char *comment = adit_key_comment(identity->key);
    struct adit_buffer key = adit_buffer_init_secret(ADIT_AGENT_MESSAGE_MAX);
    char name[NAME_SIZE];
    enum adit_err err;

    (void)adit_identity_text(identity, name, sizeof name);
    if (!user_agrees(settings, user, name))
        return;
    err = adit_openssh_key_write_private(identity->key,
                                         comment[0] != '\0' ? comment : identity->path, &key);
    if (!err)
        err = adit_agent_give(&call, adit_buffer_span(&key),
                              lifetime_s < UINT32_MAX ? (uint32_t)lifetime_s : UINT32_MAX,
                              settings->add_keys_to_agent == ADIT_ADD_KEYS_CONFIRM);
    if (err)
        say_failed(user, err, "the agent does not take", name);
    else
        adit_user_say(user, ADIT_SAY_DEBUG1, "the agent has %s now", name);
    adit_buffer_clear(&key);
}
