/* SPDX-License-Identifier: BSD-2-Clause */
#include "tunnel/known_files.h"

#include "base/memory.h"
#include "base/span.h"
#include "base/text.h"
#include "net/file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    SSH_PORT = 22,
    WHY_SIZE = 256,
    LINE_MAX_SIZE = 32 * 1024,
    PROPOSAL_MAX = 64 * 1024,
};

static bool is_absent(const char *path)
{
    return path == NULL || strcmp(path, "none") == 0 || strcmp(path, "/dev/null") == 0;
}

enum adit_err adit_known_name(const struct adit_tunnel_settings *settings,
                              struct adit_known_name *out)
{
    const char *host = settings->host_key_alias ? settings->host_key_alias : settings->host;
    const size_t len = strlen(host);

    if (len >= sizeof out->host)
        return ADIT_ERR_LIMIT;
    for (size_t i = 0; i <= len; i++)
        out->host[i] = (char)(host[i] >= 'A' && host[i] <= 'Z' ? host[i] - 'A' + 'a' : host[i]);
    out->port = settings->host_key_alias ? SSH_PORT : settings->port;
    if (out->port == SSH_PORT)
        (void)snprintf(out->shown, sizeof out->shown, "%s", out->host);
    else
        (void)snprintf(out->shown, sizeof out->shown, "[%s]:%u", out->host, out->port);
    return ADIT_OK;
}

bool adit_known_file_read(const char *path, struct adit_buffer *text,
                          char why[static ADIT_KNOWN_WHY_SIZE])
{
    enum adit_err err;

    why[0] = '\0';
    adit_buffer_empty(text);
    if (is_absent(path))
        return true;
    err = adit_file_read(path, ADIT_FILE_ANY, text, why, ADIT_KNOWN_WHY_SIZE);
    if (err == ADIT_OK)
        return true;
    adit_buffer_empty(text);
    if (why[0] == '\0')
        (void)snprintf(why, ADIT_KNOWN_WHY_SIZE, "%s: %s", path, adit_err_text(err));
    return err == ADIT_ERR_NOT_FOUND;
}

/* The user's files, then the system's. */
static const char *path_at(const struct adit_tunnel_settings *settings, size_t i)
{
    return i < settings->user_known_hosts_count
               ? settings->user_known_hosts[i]
               : settings->global_known_hosts[i - settings->user_known_hosts_count];
}

static size_t path_count(const struct adit_tunnel_settings *settings)
{
    return settings->user_known_hosts_count + settings->global_known_hosts_count;
}

bool adit_known_verdict_outranks(enum adit_known_verdict a, enum adit_known_verdict b)
{
    static const int ranks[] = {
        [ADIT_KNOWN_UNKNOWN] = 0,
        [ADIT_KNOWN_CHANGED] = 1,
        [ADIT_KNOWN_MATCH] = 2,
        [ADIT_KNOWN_REVOKED] = 3,
    };

    return ranks[a] > ranks[b];
}

static void merge(struct adit_known_finding *into, const struct adit_known_result *result,
                  const char *file)
{
    into->host_has_other = into->host_has_other || result->host_has_other;
    if (into->complaint.line == 0) {
        into->complaint = result->complaint;
        into->complaint_file = file;
    }
    if (!adit_known_verdict_outranks(result->verdict, into->verdict))
        return;
    into->verdict = result->verdict;
    into->file = file;
    into->line = result->line;
}

/*
 * A line without a port is good for every port of its host, as ssh has it, but
 * only to accept or to revoke: another port may well have another key.
 */
static enum adit_err check_text(struct adit_span text, const struct adit_known_name *name,
                                struct adit_span key_blob, const char *file,
                                struct adit_known_finding *out)
{
    struct adit_known_result result = { .verdict = ADIT_KNOWN_UNKNOWN };
    enum adit_err err = adit_known_hosts_check(text, name->host, name->port, key_blob, &result);

    if (err)
        return err;
    merge(out, &result, file);
    if (name->port == SSH_PORT)
        return ADIT_OK;
    err = adit_known_hosts_check(text, name->host, SSH_PORT, key_blob, &result);
    if (result.verdict != ADIT_KNOWN_MATCH && result.verdict != ADIT_KNOWN_REVOKED) {
        result.verdict = ADIT_KNOWN_UNKNOWN;
        result.host_has_other = false;
    }
    if (err == ADIT_OK)
        merge(out, &result, file);
    return err;
}

enum adit_err adit_known_files_check(const struct adit_tunnel_settings *settings,
                                     const struct adit_known_name *name, struct adit_span key_blob,
                                     struct adit_known_finding *out)
{
    struct adit_buffer text = adit_buffer_init(ADIT_KNOWN_FILE_MAX);
    char why[ADIT_KNOWN_WHY_SIZE];
    enum adit_err err = ADIT_OK;

    *out = (struct adit_known_finding){ .verdict = ADIT_KNOWN_UNKNOWN };
    for (size_t i = 0; i < path_count(settings) && err == ADIT_OK; i++) {
        if (!adit_known_file_read(path_at(settings, i), &text, why))
            memcpy(out->unread, why, sizeof why);
        err = check_text(adit_buffer_span(&text), name, key_blob, path_at(settings, i), out);
    }
    adit_buffer_clear(&text);
    return err;
}

enum adit_err adit_known_files_types(const struct adit_tunnel_settings *settings,
                                     const struct adit_known_name *name, struct adit_buffer *names)
{
    struct adit_buffer text = adit_buffer_init(ADIT_KNOWN_FILE_MAX);
    char why[ADIT_KNOWN_WHY_SIZE];
    enum adit_err err = ADIT_OK;

    for (size_t i = 0; i < path_count(settings) && err == ADIT_OK; i++) {
        (void)adit_known_file_read(path_at(settings, i), &text, why);
        if (names->len > 0)
            err = adit_buffer_append(names, adit_span_text(","));
        if (err == ADIT_OK)
            err = adit_known_hosts_types(adit_buffer_span(&text), name->host, name->port, names);
    }
    adit_buffer_clear(&text);
    return err;
}

static void merge_authority(struct adit_known_authority *into,
                            const struct adit_known_authority *from)
{
    into->host_has_any = into->host_has_any || from->host_has_any;
    into->is_trusted = into->is_trusted || from->is_trusted;
    into->is_revoked = into->is_revoked || from->is_revoked;
    if (into->line == 0)
        into->line = from->line;
}

enum adit_err adit_known_files_authority(const struct adit_tunnel_settings *settings,
                                         const struct adit_known_name *name,
                                         struct adit_span ca_blob, struct adit_known_authority *out)
{
    struct adit_buffer text = adit_buffer_init(ADIT_KNOWN_FILE_MAX);
    char why[ADIT_KNOWN_WHY_SIZE];
    enum adit_err err = ADIT_OK;

    *out = (struct adit_known_authority){ 0 };
    for (size_t i = 0; i < path_count(settings) && err == ADIT_OK; i++) {
        struct adit_known_authority found;

        (void)adit_known_file_read(path_at(settings, i), &text, why);
        err = adit_known_hosts_authority(adit_buffer_span(&text), name->host, name->port, ca_blob,
                                         &found);
        if (err == ADIT_OK)
            merge_authority(out, &found);
        if (err || name->port == SSH_PORT)
            continue;
        err = adit_known_hosts_authority(adit_buffer_span(&text), name->host, SSH_PORT, ca_blob,
                                         &found);
        if (err == ADIT_OK)
            merge_authority(out, &found);
    }
    adit_buffer_clear(&text);
    return err;
}

/* An editor may have left the last line of the file without its end. */
static enum adit_err end_last_line(const char *path, struct adit_buffer *line)
{
    struct adit_buffer text = adit_buffer_init(ADIT_KNOWN_FILE_MAX);
    char why[WHY_SIZE];
    enum adit_err err = ADIT_OK;

    if (adit_file_read(path, ADIT_FILE_ANY, &text, why, sizeof why) == ADIT_OK && text.len > 0 &&
        text.data[text.len - 1] != '\n')
        err = adit_buffer_append(line, adit_span_text("\n"));
    adit_buffer_clear(&text);
    return err;
}

void adit_known_files_add(const struct adit_tunnel_settings *settings, struct adit_user *user,
                          const struct adit_known_name *name, struct adit_span key_blob)
{
    struct adit_buffer line = adit_buffer_init(LINE_MAX_SIZE);
    char why[WHY_SIZE] = "";
    enum adit_err err;

    if (settings->user_known_hosts_count == 0 || is_absent(settings->user_known_hosts[0]))
        return;
    err = end_last_line(settings->user_known_hosts[0], &line);
    if (err == ADIT_OK)
        err = adit_known_hosts_line(name->host, name->port, settings->hash_known_hosts, key_blob,
                                    &line);
    if (err == ADIT_OK)
        err = adit_file_append(settings->user_known_hosts[0], adit_buffer_span(&line), why,
                               sizeof why);
    if (err)
        adit_user_say(user, ADIT_SAY_ERROR, "the host key of %s cannot be written to %s: %s",
                      name->shown, settings->user_known_hosts[0],
                      why[0] != '\0' ? why : adit_err_text(err));
    else
        adit_user_say(user, ADIT_SAY_INFO, "the host key of %s was added to %s", name->shown,
                      settings->user_known_hosts[0]);
    adit_buffer_clear(&line);
}

/* The key type of a signature algorithm: RSA's differ from the name in the blob (RFC 8332, 3). */
static struct adit_span key_type(struct adit_span algorithm)
{
    const bool is_rsa =
        adit_span_is(algorithm, "rsa-sha2-512") || adit_span_is(algorithm, "rsa-sha2-256");

    return is_rsa ? adit_span_text("ssh-rsa") : algorithm;
}

static enum adit_err append_names(struct adit_buffer *out, const char *proposal,
                                  struct adit_span types, bool known)
{
    struct adit_span rest = adit_span_text(proposal);
    struct adit_span name;
    enum adit_err err = ADIT_OK;

    while (err == ADIT_OK && adit_text_list_next(&rest, &name)) {
        if (name.len == 0 || adit_text_list_has(types, key_type(name)) != known)
            continue;
        if (out->len > 0)
            err = adit_buffer_append(out, adit_span_text(","));
        if (err == ADIT_OK)
            err = adit_buffer_append(out, name);
    }
    return err;
}

enum adit_err adit_known_types_first(const char *proposal, struct adit_span types, char **out)
{
    struct adit_buffer names = adit_buffer_init(PROPOSAL_MAX);
    enum adit_err err = append_names(&names, proposal, types, true);

    *out = NULL;
    if (err == ADIT_OK)
        err = append_names(&names, proposal, types, false);
    if (err == ADIT_OK) {
        *out = adit_text_copy(adit_buffer_span(&names));
        err = *out != NULL ? ADIT_OK : ADIT_ERR_NO_MEMORY;
    }
    adit_buffer_clear(&names);
    return err;
}
