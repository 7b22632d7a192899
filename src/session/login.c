/* SPDX-License-Identifier: BSD-2-Clause */
/* The driver's answers to what the session asked about host key and login. */
#include "session/session.h"

void adit_session_host_key_verdict(struct adit_session *s, bool accepted)
{
    enum adit_err err;

    if (s->err || !s->host_key_unjudged)
        return;
    s->host_key_unjudged = false;
    if (!accepted) {
        adit_session_fail(s, ADIT_ERR_HOST_KEY, "the host key was not accepted");
        return;
    }
    s->transport.kex.deadline_ms = s->transport.now_ms + s->transport.kex_timeout_ms;
    err = adit_kex_host_key_accepted(&s->transport);
    if (err)
        adit_session_fail(s, err, NULL);
}

enum adit_err adit_session_auth_probe(struct adit_session *s, const struct adit_key *key)
{
    return adit_session_auth_probe_blob(s, adit_key_blob(key));
}

enum adit_err adit_session_auth_probe_blob(struct adit_session *s, struct adit_span blob)
{
    return s->err ? ADIT_ERR_USAGE : adit_auth_client_probe(&s->auth_client, blob);
}

enum adit_err adit_session_auth_publickey(struct adit_session *s, const struct adit_key *key)
{
    return adit_session_auth_certificate(s, key, adit_key_blob(key));
}

enum adit_err adit_session_auth_certificate(struct adit_session *s, const struct adit_key *key,
                                            struct adit_span certificate)
{
    return s->err ? ADIT_ERR_USAGE : adit_auth_client_try_key(&s->auth_client, key, certificate);
}

enum adit_err adit_session_auth_challenge(struct adit_session *s, struct adit_span blob,
                                          struct adit_auth_challenge *out)
{
    return s->err ? ADIT_ERR_USAGE : adit_auth_client_challenge(&s->auth_client, blob, out);
}

enum adit_err adit_session_auth_signature(struct adit_session *s, struct adit_span signature)
{
    return s->err ? ADIT_ERR_USAGE : adit_auth_client_signature(&s->auth_client, signature);
}

enum adit_err adit_session_auth_password(struct adit_session *s, const char *password)
{
    return s->err ? ADIT_ERR_USAGE : adit_auth_client_try_password(&s->auth_client, password);
}

enum adit_err adit_session_auth_interactive(struct adit_session *s)
{
    return s->err ? ADIT_ERR_USAGE : adit_auth_client_try_interactive(&s->auth_client);
}

enum adit_err adit_session_auth_answers(struct adit_session *s, const char *const *answers,
                                        uint32_t count)
{
    return s->err ? ADIT_ERR_USAGE : adit_auth_client_answers(&s->auth_client, answers, count);
}

void adit_session_auth_ask(struct adit_session *s, const char *name, const char *instruction,
                           const struct adit_auth_prompt *prompts, uint32_t count)
{
    enum adit_err err;

    if (s->err)
        return;
    s->transport.why = NULL;
    err = adit_auth_server_ask(&s->auth_server, name, instruction, prompts, count);
    if (err)
        adit_session_fail(s, err, NULL);
}

void adit_session_auth_verdict(struct adit_session *s, enum adit_verdict verdict,
                               const char *can_continue)
{
    enum adit_err err;

    if (s->err)
        return;
    s->transport.why = NULL;
    err = adit_auth_server_verdict(&s->auth_server, verdict, can_continue);
    if (!err && s->auth_server.authenticated && s->connection.host_keys_told)
        err = adit_connection_send_host_keys(&s->connection);
    if (err)
        adit_session_fail(s, err, NULL);
    s->authenticated = s->auth_server.authenticated;
}
