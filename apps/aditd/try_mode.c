/* SPDX-License-Identifier: BSD-2-Clause */
#include "try_mode.h"

#include "base/span.h"
#include "command_line.h"
#include "keys/known_hosts.h"
#include "net/file.h"
#include "net/socket.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { KEY_FILE_MAX = 1 << 16, LINE_MAX_SIZE = 4096, DEFAULT_PORT = 2222 };

static const char address[] = "127.0.0.1";

/* ---- the folder ----------------------------------------------------------------- */

static enum adit_err make_folders(char *path, char *text, size_t size)
{
    char why[128];

    for (char *p = path + 1;; p++) {
        const char at = *p;

        if (at != '/' && at != '\0')
            continue;
        *p = '\0';
        if (mkdir(path, 0700) != 0 && errno != EEXIST) {
            (void)snprintf(text, size, "cannot make the folder %.300s: %s", path,
                           adit_errno_text(errno, why, sizeof why));
            return ADIT_ERR_SYSTEM;
        }
        *p = at;
        if (at == '\0')
            return ADIT_OK;
    }
}

/* $XDG_STATE_HOME/adit, or ~/.local/state/adit. */
static enum adit_err state_folder(char out[static ADIT_TRY_PATH_SIZE / 2], char *text, size_t size)
{
    const char *state = getenv("XDG_STATE_HOME"); /* NOLINT(concurrency-mt-unsafe): no thread yet */
    const char *home = getenv("HOME");            /* NOLINT(concurrency-mt-unsafe) */
    int len;

    if (state && state[0] == '/') {
        len = snprintf(out, ADIT_TRY_PATH_SIZE / 2, "%s/adit", state);
    } else if (home && home[0] == '/') {
        len = snprintf(out, ADIT_TRY_PATH_SIZE / 2, "%s/.local/state/adit", home);
    } else {
        (void)snprintf(text, size, "no place for keys: neither HOME nor XDG_STATE_HOME is set");
        return ADIT_ERR_SYSTEM;
    }
    if (len < 0 || len >= ADIT_TRY_PATH_SIZE / 2) {
        (void)snprintf(text, size, "the path of the state folder is too long");
        return ADIT_ERR_LIMIT;
    }
    return make_folders(out, text, size);
}

/* ---- the keys -------------------------------------------------------------------- */

static enum adit_err make_key(const char *path, const char *comment, struct adit_key **out,
                              char *text, size_t size)
{
    struct adit_key *key = NULL;
    char *file = NULL;
    enum adit_err err = adit_key_generate(ADIT_KEY_ED25519, 0, comment, &key);

    if (!err)
        err = adit_key_write_private(key, &file);
    if (err) {
        (void)snprintf(text, size, "cannot make a key: %s", adit_err_text(err));
        goto done;
    }
    err = adit_file_write(path, adit_span_text(file), 0600, text, size);
    if (err)
        goto done;
    *out = key;
    key = NULL;
done:
    adit_key_text_free(file);
    adit_key_free(key);
    return err;
}

static enum adit_err read_or_make(const char *path, const char *comment, struct adit_key **out,
                                  char *text, size_t size)
{
    struct adit_buffer file = adit_buffer_init_secret(KEY_FILE_MAX);
    char why[256] = "";
    enum adit_err err = adit_file_read(path, ADIT_FILE_PRIVATE, &file, why, sizeof why);

    if (err == ADIT_ERR_NOT_FOUND)
        err = make_key(path, comment, out, text, size);
    else if (err)
        (void)snprintf(text, size, "%s", why[0] ? why : adit_err_text(err));
    else if ((err = adit_key_read_private(adit_buffer_span(&file), NULL, out)) != ADIT_OK)
        (void)snprintf(text, size, "%.300s: %s", path, adit_key_err_text(err));
    adit_buffer_clear(&file);
    return err;
}

/* What the user's -o says stands first, so it wins. */
static enum adit_err set_options(const struct adit_try *try_mode, struct adit_options *options)
{
    static const struct {
        const char *keyword;
        const char *value;
    } fixed[] = {
        { "ListenAddress", address },       { "PubkeyAuthentication", "yes" },
        { "PasswordAuthentication", "no" }, { "PermitOpen", "127.*:* [::1]:*" },
        { "GatewayPorts", "no" },
    };
    char port[8];
    enum adit_err err = adit_options_set_path(options, "HostKey", try_mode->host_key_path);

    for (size_t i = 0; i < ADIT_ARRAY_LEN(fixed) && !err; i++)
        err = adit_options_set(options, fixed[i].keyword, fixed[i].value);
    if (err || options->port_given)
        return err;
    (void)snprintf(port, sizeof port, "%d", DEFAULT_PORT);
    return adit_options_set(options, "Port", port);
}

enum adit_err adit_try_prepare(struct adit_try *try_mode, struct adit_options *options, char *text,
                               size_t size)
{
    char folder[ADIT_TRY_PATH_SIZE / 2];
    enum adit_err err = state_folder(folder, text, size);

    if (err)
        return err;
    (void)snprintf(try_mode->host_key_path, ADIT_TRY_PATH_SIZE, "%s/try_host_key", folder);
    (void)snprintf(try_mode->client_key_path, ADIT_TRY_PATH_SIZE, "%s/try_client_key", folder);
    (void)snprintf(try_mode->known_hosts_path, ADIT_TRY_PATH_SIZE, "%s/try_known_hosts", folder);
    err = read_or_make(try_mode->host_key_path, "aditd --try", &try_mode->host_key, text, size);
    if (!err)
        err = read_or_make(try_mode->client_key_path, "aditd --try client", &try_mode->client_key,
                           text, size);
    return err ? err : set_options(try_mode, options);
}

void adit_try_clear(struct adit_try *try_mode)
{
    adit_key_free(try_mode->host_key);
    adit_key_free(try_mode->client_key);
    *try_mode = (struct adit_try){ .host_key = NULL };
}

/* ---- what to type ------------------------------------------------------------------ */

/* A word as a shell takes it. */
static const char *shell_word(const char *text, char *out, size_t size)
{
    size_t at = 0;
    bool plain = true;

    for (const char *p = text; *p; p++)
        if (strchr(" \t\n\"'\\$&|;<>()*?[]{}`!#~", *p))
            plain = false;
    if (plain) {
        (void)snprintf(out, size, "%s", text);
        return out;
    }
    out[at++] = '\'';
    for (const char *p = text; *p && at + 6 < size; p++) {
        if (*p == '\'') {
            memcpy(out + at, "'\\'", 3);
            at += 3;
        }
        out[at++] = *p;
    }
    out[at++] = '\'';
    out[at] = '\0';
    return out;
}

static bool is_on_path(const char *program)
{
    const char *folders = getenv("PATH"); /* NOLINT(concurrency-mt-unsafe): nobody changes it */
    char path[ADIT_TRY_PATH_SIZE];

    while (folders != NULL && *folders != '\0') {
        const size_t len = strcspn(folders, ":");

        (void)snprintf(path, sizeof path, "%.*s/%s", (int)len, folders, program);
        if (len > 0 && access(path, X_OK) == 0)
            return true;
        folders += len + (folders[len] == ':');
    }
    return false;
}

/* From a folder where both were built, the path of the one that lies beside us. */
static const char *client_word(char *out, size_t size)
{
    char path[ADIT_TRY_PATH_SIZE];
    const ssize_t len = readlink("/proc/self/exe", path, sizeof path - sizeof "adit");
    char *slash;

    if (len <= 0 || is_on_path("adit"))
        return "adit";
    path[len] = '\0';
    slash = strrchr(path, '/');
    if (slash == NULL)
        return "adit";
    memcpy(slash + 1, "adit", sizeof "adit");
    return access(path, X_OK) == 0 ? shell_word(path, out, size) : "adit";
}

static void print_commands(const struct adit_try *try_mode, uint16_t port)
{
    static const char tunnel[] = "-L 3307:127.0.0.1:3306 you@127.0.0.1";
    char client[LINE_MAX_SIZE];
    char key[LINE_MAX_SIZE];
    char hosts_option[ADIT_TRY_PATH_SIZE + 32];
    char hosts[LINE_MAX_SIZE];
    char ppk_path[ADIT_TRY_PATH_SIZE + 8];
    char ppk[LINE_MAX_SIZE];
    char fingerprint[ADIT_FINGERPRINT_SIZE];

    (void)shell_word(try_mode->client_key_path, key, sizeof key);
    /* ssh takes a list of files there: one with a space stands in quotes of its own. */
    (void)snprintf(hosts_option, sizeof hosts_option,
                   strchr(try_mode->known_hosts_path, ' ') ? "UserKnownHostsFile=\"%s\""
                                                           : "UserKnownHostsFile=%s",
                   try_mode->known_hosts_path);
    (void)shell_word(hosts_option, hosts, sizeof hosts);
    (void)snprintf(ppk_path, sizeof ppk_path, "%s.ppk", try_mode->client_key_path);
    (void)shell_word(ppk_path, ppk, sizeof ppk);
    adit_key_fingerprint(try_mode->host_key, fingerprint);

    (void)printf("The gateway listens on 127.0.0.1 port %u and lets you reach this machine only.\n"
                 "A tunnel from port 3307 to a database on port 3306; any user name will do:\n\n",
                 port);
    (void)printf("  %s -N -i %s -o %s -p %u %s\n", client_word(client, sizeof client), key, hosts,
                 port, tunnel);
    (void)printf("  ssh  -N -i %s -o %s -p %u %s\n\n", key, hosts, port, tunnel);
    (void)printf("With PuTTY:\n\n  puttygen %s -o %s -O private\n", key, ppk);
    (void)printf("  plink -N -i %s -hostkey %s -P %u %s\n\n", ppk, fingerprint, port, tunnel);
    (void)printf("Stop it with Ctrl-C.\n");
    (void)fflush(stdout);
}

enum adit_err adit_try_announce(const struct adit_try *try_mode, uint16_t port, char *text,
                                size_t size)
{
    struct adit_buffer line = adit_buffer_init(LINE_MAX_SIZE);
    enum adit_err err =
        adit_known_hosts_line(address, port, false, adit_key_blob(try_mode->host_key), &line);

    if (err)
        (void)snprintf(text, size, "cannot write known_hosts: %s", adit_err_text(err));
    else
        err =
            adit_file_write(try_mode->known_hosts_path, adit_buffer_span(&line), 0600, text, size);
    adit_buffer_clear(&line);
    if (!err)
        print_commands(try_mode, port);
    return err;
}
