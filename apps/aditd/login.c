/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Files, name services and password hashes are looked at off the loop. What a
 * client may do later is set by the request that logs it in, never by a probe.
 */
#include "login.h"

#include "authorize.h"
#include "base/buffer.h"
#include "base/memory.h"
#include "base/span.h"
#include "keys/certificate.h"
#include "net/work.h"
#include "passwords.h"
#include "refusal_time.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { SECRET_MAX = 1 << 18 }; /* a packet is smaller */

struct adit_login_job {
    struct adit_client *client; /* NULL once it has gone */
    struct adit_work *work;
    struct adit_settings *settings; /* the newest when it came */
    enum adit_auth_method method;
    bool allowed; /* by AllowUsers and DenyUsers; judged all the same, for the time */
    char user[ADIT_USER_SIZE];
    char address[64];
    struct adit_buffer given; /* key blob or password */
    uint64_t started_ms;

    bool good;
    struct adit_key_options *options;
    char why[256];
};

static bool is_by_key(enum adit_auth_method method)
{
    return method == ADIT_AUTH_PUBLICKEY || method == ADIT_AUTH_PUBLICKEY_PROBE;
}

static const char *method_name(enum adit_auth_method method)
{
    if (is_by_key(method))
        return "publickey";
    return method == ADIT_AUTH_PASSWORD ? "password" : "keyboard-interactive";
}

static void free_options(struct adit_key_options *options)
{
    if (options)
        adit_key_options_clear(options);
    free(options);
}

/*
 * Of the key, whatever certificate it comes with: what belongs to a key stays its
 * own when the certificate is renewed.
 */
static void fingerprint_key(struct adit_span blob, char out[ADIT_FINGERPRINT_SIZE])
{
    struct adit_buffer plain = adit_buffer_init(blob.len);

    adit_blob_fingerprint(
        adit_blob_plain(blob, &plain) == ADIT_OK ? adit_buffer_span(&plain) : blob, out);
    adit_buffer_clear(&plain);
}

/* ---- refusing ------------------------------------------------------------------- */

static void answer(struct adit_client *client, enum adit_verdict verdict)
{
    adit_session_auth_verdict(adit_link_session(client->link), verdict, NULL);
    adit_link_wake(client->link);
}

static void refusal_due(void *arg)
{
    answer(arg, ADIT_VERDICT_NO);
}

/* For the log. `key_blob` is empty for passwords. */
static void note_refusal(struct adit_client *client, enum adit_auth_method method,
                         struct adit_span user, struct adit_span key_blob, const char *why)
{
    char name[2 * ADIT_USER_SIZE];
    char fingerprint[ADIT_FINGERPRINT_SIZE] = "";

    if (key_blob.len)
        fingerprint_key(key_blob, fingerprint);
    client->tries++;
    (void)snprintf(client->refusal, sizeof client->refusal, "user=%.80s method=%s%s%s, %.100s",
                   adit_log_word(user, name, sizeof name), method_name(method),
                   key_blob.len ? " key=" : "", fingerprint, why);
    adit_log_line(&client->worker->log, ADIT_LOG_VERBOSE, "refused try from=%s: %s",
                  client->who.peer, client->refusal);
}

static void refuse(struct adit_client *client, enum adit_auth_method method, struct adit_span user,
                   struct adit_span key_blob, uint64_t started_ms, const char *why)
{
    const uint64_t now = adit_loop_now_ms(client->worker->loop);

    note_refusal(client, method, user, key_blob, why);
    if (client->answer == NULL &&
        adit_timer_new(client->worker->loop, refusal_due, client, &client->answer) != ADIT_OK) {
        answer(client, ADIT_VERDICT_NO);
        return;
    }
    adit_timer_set(client->answer,
                   started_ms + adit_refusal_time_ms(client->worker->shared->delay_secret, user,
                                                     now - started_ms));
}

/* ---- judging ---------------------------------------------------------------------- */

static bool judge_key(struct adit_login_job *job)
{
    const struct adit_key_question question = {
        .files = &job->settings->config.authorized_keys_files,
        .trusted_cas = job->settings->config.trusted_user_ca_keys,
        .ca_algorithms = job->settings->config.ca_signature_algorithms,
        .strict = job->settings->config.strict_modes,
        .user = job->user,
        .address = job->address,
        .key_blob = adit_buffer_span(&job->given),
        .now = (uint64_t)time(NULL),
    };

    job->options = adit_new(sizeof *job->options);
    return job->options && adit_key_authorized(&question, job->options, job->why, sizeof job->why);
}

static bool judge_password(struct adit_login_job *job)
{
    const struct adit_sshd_config *config = &job->settings->config;
    const bool good = adit_password_good(config->password_file, config->strict_modes, job->user,
                                         adit_buffer_span(&job->given), job->why, sizeof job->why);

    if (!good && job->why[0] == '\0')
        (void)snprintf(job->why, sizeof job->why, "wrong password or no such user");
    return good;
}

static void judge(void *arg)
{
    struct adit_login_job *job = arg;

    job->good = is_by_key(job->method) ? judge_key(job) : judge_password(job);
    if (!job->allowed) {
        job->good = false;
        (void)snprintf(job->why, sizeof job->why, "AllowUsers or DenyUsers forbids this user");
    }
}

static void job_free(struct adit_login_job *job)
{
    free_options(job->options);
    adit_buffer_clear(&job->given);
    adit_settings_unref(job->settings);
    free(job);
}

/* The first good answer takes a place among the user's sessions. */
static bool take_place(struct adit_client *client, const char *user)
{
    if (!client->has_place)
        client->has_place =
            adit_user_session_enter(&client->worker->shared->user_sessions, &client->place, user,
                                    client->worker->settings->config.max_user_sessions);
    return client->has_place;
}

/* `options` is taken over. */
static void admit(struct adit_client *client, enum adit_auth_method method, const char *user,
                  struct adit_span key_blob, struct adit_key_options *options)
{
    static const char no_place[] = "this user has as many sessions as MaxUserSessions allows";
    struct adit_holder *who = &client->who;

    if (method == ADIT_AUTH_PUBLICKEY_PROBE) {
        free_options(options);
    } else if (!take_place(client, user)) {
        free_options(options);
        note_refusal(client, method, adit_span_text(user), key_blob, no_place);
        adit_client_end(client, no_place); /* "permission denied" would be no help */
        return;
    } else {
        /* With several methods in a row, what one key forbids stays forbidden. */
        if (client->key_options && options)
            adit_key_options_add(client->key_options, options);
        else if (options)
            client->key_options = options;
        (void)snprintf(who->user, sizeof who->user, "%s", user);
        if (key_blob.len && who->fingerprint[0] == '\0')
            fingerprint_key(key_blob, who->fingerprint);
    }
    answer(client, ADIT_VERDICT_YES);
}

static void judged(void *arg)
{
    struct adit_login_job *job = arg;
    struct adit_client *client = job->client;
    const bool with_key = is_by_key(job->method);
    const struct adit_span blob = with_key ? adit_buffer_span(&job->given) : ADIT_SPAN_EMPTY;

    if (client) {
        struct adit_key_options *options = job->good ? job->options : NULL;

        client->job = NULL;
        if (job->why[0] && job->good)
            adit_log_line(&client->worker->log, ADIT_LOG_VERBOSE, "%s", job->why);
        if (job->good) {
            job->options = NULL;
            admit(client, job->method, job->user, blob, options);
        } else {
            refuse(client, job->method, adit_span_text(job->user), blob, job->started_ms, job->why);
        }
    }
    job_free(job);
}

/* The password, or what was answered to the one question that stands for it. */
static struct adit_span secret_of(const struct adit_auth_request_event *request)
{
    struct adit_span answers = request->answers;
    struct adit_span answer = ADIT_SPAN_EMPTY;

    if (request->method == ADIT_AUTH_PASSWORD)
        return request->password;
    return adit_auth_answer_next(&answers, &answer) ? answer : ADIT_SPAN_EMPTY;
}

/* The same for every user, known or not. */
static void ask_password(struct adit_client *client)
{
    const struct adit_auth_prompt prompt = { adit_span_text("Password: "), false };

    adit_session_auth_ask(adit_link_session(client->link), "", "", &prompt, 1);
    adit_link_wake(client->link);
}

static enum adit_err start_job(struct adit_client *client,
                               const struct adit_auth_request_event *request)
{
    struct adit_settings *settings = client->worker->settings;
    const bool with_key = is_by_key(request->method);
    struct adit_login_job *job = adit_new(sizeof *job);
    /* Hashes take long, and whoever guesses passwords is not to keep keys waiting. */
    struct adit_work_line *line = with_key ? NULL : &client->worker->hashes;
    enum adit_err err;

    if (job == NULL)
        return ADIT_ERR_NO_MEMORY;
    job->settings = adit_settings_ref(settings);
    job->client = client;
    job->method = request->method;
    job->started_ms = adit_loop_now_ms(client->worker->loop);
    memcpy(job->user, request->user.data, request->user.len); /* its length has been checked */
    memcpy(job->address, client->host, sizeof job->address);
    job->allowed = adit_user_allowed(&settings->config, job->user, client->host);
    job->given = adit_buffer_init_secret(SECRET_MAX);
    err = adit_buffer_append(&job->given, with_key ? request->key_blob : secret_of(request));
    if (!err)
        err = adit_work_start(client->worker->loop, line, judge, judged, job, &job->work);
    if (err)
        job_free(job);
    else
        client->job = job;
    return err;
}

/* Why a request is refused before anything is looked up; NULL: it is not. */
static const char *refused_at_once(const struct adit_client *client,
                                   const struct adit_auth_request_event *request)
{
    const struct adit_sshd_config *config = &client->worker->settings->config;

    if (!adit_user_name_ok(request->user))
        return "not a name that a user can have";
    if (request->method == ADIT_AUTH_PASSWORD)
        return config->password_authentication && config->password_file ? NULL
                                                                        : "passwords are not taken";
    if (!is_by_key(request->method))
        return config->kbd_interactive_authentication && config->password_file
                   ? NULL
                   : "KbdInteractiveAuthentication is off";
    return config->pubkey_authentication ? NULL : "PubkeyAuthentication is off";
}

/* --try: any user, one key. */
static void judge_try(struct adit_client *client, const struct adit_auth_request_event *request)
{
    const uint64_t now = adit_loop_now_ms(client->worker->loop);
    char user[ADIT_USER_SIZE] = "";

    if (!is_by_key(request->method) ||
        !adit_span_equal(request->key_blob, client->worker->shared->try_key)) {
        refuse(client, request->method, request->user, request->key_blob, now,
               "aditd --try takes its own key only");
        return;
    }
    memcpy(user, request->user.data, request->user.len);
    admit(client, request->method, user, request->key_blob, NULL);
}

void adit_login_request(struct adit_client *client, const struct adit_auth_request_event *request)
{
    const uint64_t now = adit_loop_now_ms(client->worker->loop);
    const bool with_key = is_by_key(request->method);
    const struct adit_span blob = with_key ? request->key_blob : ADIT_SPAN_EMPTY;
    const char *why;

    if (request->method == ADIT_AUTH_NONE || client->job) {
        answer(client, ADIT_VERDICT_NO);
        return;
    }
    why = refused_at_once(client, request);
    if (why)
        refuse(client, request->method, request->user, blob, now, why);
    else if (client->worker->shared->options->is_try)
        judge_try(client, request);
    else if (request->method == ADIT_AUTH_INTERACTIVE)
        ask_password(client);
    else if (start_job(client, request) != ADIT_OK)
        refuse(client, request->method, request->user, blob, now, "out of resources");
}

void adit_login_cancel(struct adit_client *client)
{
    struct adit_login_job *job = client->job;

    if (job && adit_work_cancel(job->work))
        job_free(job);
    else if (job)
        job->client = NULL;
    client->job = NULL;
    adit_timer_free(client->answer);
    client->answer = NULL;
}
