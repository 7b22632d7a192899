/* SPDX-License-Identifier: BSD-2-Clause */
#include "gateway_settings.h"

#include "auth/methods.h"
#include "base/memory.h"
#include "base/span.h"
#include "keys/certificate.h"
#include "keys/lines.h"
#include "keys/public_line.h"
#include "net/file.h"

#include <glob.h>
#include <limits.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { KEY_FILE_MAX = 1 << 20, BANNER_MAX = 1 << 15, WORKERS_DEFAULT_MAX = 16, FOLDER_SIZE = 128 };

/* LoginGraceTime 0 means no limit; the engine has no word for that. */
#define NO_LOGIN_GRACE ((uint64_t)366 * 24 * 3600 * 1000)

/* ---- what the configuration asks of the world ------------------------------- */

static enum adit_err read_file(void *user, const char *path, struct adit_buffer *out, char *why,
                               size_t why_size)
{
    (void)user;
    return adit_file_read(path, ADIT_FILE_ANY, out, why, why_size);
}

static enum adit_err find_files(void *user, const char *pattern, struct adit_buffer *out)
{
    glob_t found = { .gl_pathc = 0 };
    enum adit_err err = ADIT_OK;
    /* NOLINTNEXTLINE(concurrency-mt-unsafe): nobody here changes the environment */
    const int failed = glob(pattern, 0, NULL, &found);

    (void)user;
    if (failed == GLOB_NOMATCH)
        return ADIT_OK;
    if (failed)
        return failed == GLOB_NOSPACE ? ADIT_ERR_NO_MEMORY : ADIT_ERR_SYSTEM;
    for (size_t i = 0; i < found.gl_pathc && !err; i++)
        err =
            adit_buffer_append(out, adit_span_of(found.gl_pathv[i], strlen(found.gl_pathv[i]) + 1));
    globfree(&found);
    return err;
}

static void note(void *user, const char *line)
{
    const struct adit_settings *settings = user;

    adit_log_line(settings->log, ADIT_LOG_DEBUG1, "%s", line);
}

/* ---- reading ----------------------------------------------------------------- */

/* -p stands for every Port of the file, -p 0 too: one port, whichever it is. */
static void drop_file_ports(struct adit_config_list *ports, size_t from_options)
{
    const size_t kept = from_options ? from_options : 1;

    if (ports->count > kept)
        ports->count = kept;
}

static enum adit_err read_sources(struct adit_sshd_config *config,
                                  const struct adit_options *options)
{
    size_t ports_from_options;
    enum adit_err err = ADIT_OK;

    for (size_t i = 0; i < options->setting_count && !err; i++)
        err = adit_sshd_config_option(config, options->settings[i]);
    if (err)
        return err;
    ports_from_options = config->ports.count;
    if (options->config_path && strcmp(options->config_path, ADIT_NO_CONFIG) == 0)
        err = ADIT_OK; /* -f none: the defaults */
    else if (options->config_path)
        err = adit_sshd_config_read(config, options->config_path);
    else if (!options->is_try && access(ADIT_DEFAULT_CONFIG, F_OK) == 0)
        err = adit_sshd_config_read(config, ADIT_DEFAULT_CONFIG);
    if (options->port_given)
        drop_file_ports(&config->ports, ports_from_options);
    return err ? err : adit_sshd_config_finish(config);
}

/* AuthenticationMethods: the names are checked here, for the engine believes them. */
static enum adit_err check_methods(struct adit_sshd_config *config)
{
    struct adit_config_list *lists = &config->authentication_methods;

    if (lists->count == 1 && strcmp(lists->items[0], "any") == 0)
        lists->count = 0;
    for (size_t i = 0; i < lists->count; i++) {
        if (adit_methods_list_ok(lists->items[i]))
            continue;
        (void)snprintf(config->error, sizeof config->error,
                       "AuthenticationMethods: \"%.200s\" is no list of publickey, password and "
                       "keyboard-interactive",
                       lists->items[i]);
        return ADIT_ERR_FORMAT;
    }
    return ADIT_OK;
}

/* One for each core that we may run on. */
static unsigned default_workers(void)
{
    cpu_set_t usable;
    /* It fails where there are more cores than fit into the set. */
    const int cores = sched_getaffinity(0, sizeof usable, &usable) == 0 ? CPU_COUNT(&usable)
                                                                        : WORKERS_DEFAULT_MAX;

    return cores < WORKERS_DEFAULT_MAX ? (unsigned)cores : WORKERS_DEFAULT_MAX;
}

enum adit_err adit_settings_read(const struct adit_options *options, const struct adit_log *log,
                                 struct adit_settings **out, char *text, size_t size)
{
    struct adit_settings *settings = adit_new(sizeof *settings);
    enum adit_err err;

    *out = NULL;
    if (settings == NULL) {
        (void)snprintf(text, size, "%s", adit_err_text(ADIT_ERR_NO_MEMORY));
        return ADIT_ERR_NO_MEMORY;
    }
    atomic_init(&settings->refs, 1);
    settings->log = log;
    settings->files = (struct adit_config_files){
        .user = settings, .read_file = read_file, .glob = find_files, .note = note
    };
    adit_sshd_config_init(&settings->config, &settings->files);
    err = read_sources(&settings->config, options);
    if (!err)
        err = check_methods(&settings->config);
    if (err) {
        (void)snprintf(text, size, "%s",
                       settings->config.error[0] ? settings->config.error : adit_err_text(err));
        adit_settings_unref(settings);
        return err;
    }
    if (settings->config.workers == 0)
        settings->config.workers = default_workers();
    *out = settings;
    return ADIT_OK;
}

/* The type that a file's name tells, for ssh-keygen. */
static const char *key_type_of(const char *path)
{
    if (strstr(path, "ecdsa"))
        return "ecdsa";
    return strstr(path, "rsa") ? "rsa" : "ed25519";
}

/* What makes the key, and first its folder where there is none. */
static void tell_how_to_make(const char *path, char *text, size_t size)
{
    const char *slash = strrchr(path, '/');
    char folder[FOLDER_SIZE] = "";
    bool is_missing;

    if (slash != NULL && slash - path < FOLDER_SIZE)
        (void)snprintf(folder, sizeof folder, "%.*s", (int)(slash - path), path);
    is_missing = folder[0] != '\0' && access(folder, F_OK) != 0;
    (void)snprintf(text, size, "no host key; make one: %s%s%sssh-keygen -t %s -N '' -f %.400s",
                   is_missing ? "mkdir -p " : "", is_missing ? folder : "",
                   is_missing ? " && " : "", key_type_of(path), path);
}

static enum adit_err read_host_key(const char *path, struct adit_key **out, char *text, size_t size)
{
    struct adit_buffer file = adit_buffer_init_secret(KEY_FILE_MAX);
    char why[256] = "";
    enum adit_err err = adit_file_read(path, ADIT_FILE_PRIVATE, &file, why, sizeof why);

    if (err == ADIT_ERR_NOT_FOUND)
        tell_how_to_make(path, text, size);
    else if (err)
        (void)snprintf(text, size, "host key: %s", why[0] ? why : adit_err_text(err));
    if (err)
        goto done;
    err = adit_key_read_private(adit_buffer_span(&file), NULL, out);
    if (err)
        (void)snprintf(text, size, "host key %.200s: %s", path, adit_key_err_text(err));
done:
    adit_buffer_clear(&file);
    return err;
}

/* A missing key is no harm while another one is there, as with sshd. */
static enum adit_err read_host_keys(struct adit_settings *settings, char *text, size_t size)
{
    const struct adit_config_list *list = &settings->config.host_keys;
    const bool named = adit_sshd_config_is_set(&settings->config, "HostKey");
    char missing[640] = "no HostKey is set";

    if (list->count > ADIT_HOST_KEYS_MAX) {
        (void)snprintf(text, size, "more than %d host keys", ADIT_HOST_KEYS_MAX);
        return ADIT_ERR_LIMIT;
    }
    for (size_t i = 0; i < list->count; i++) {
        struct adit_key *key = NULL;
        const enum adit_err err = read_host_key(list->items[i], &key, text, size);

        if (err == ADIT_ERR_NOT_FOUND) {
            settings->host_key_is_missing[i] = named;
            if (i == 0)
                (void)snprintf(missing, sizeof missing, "%s", text);
            continue;
        }
        if (err)
            return err;
        settings->host_keys[settings->host_key_count++] = key;
    }
    if (settings->host_key_count)
        return ADIT_OK;
    (void)snprintf(text, size, "%s", missing);
    return ADIT_ERR_NOT_FOUND;
}

void adit_settings_log_missing_keys(const struct adit_settings *settings)
{
    for (size_t i = 0; i < ADIT_HOST_KEYS_MAX; i++)
        if (settings->host_key_is_missing[i])
            adit_log_line(settings->log, ADIT_LOG_ERROR, "no host key %s: it is passed over",
                          settings->config.host_keys.items[i]);
}

static enum adit_err read_host_certificate(const struct adit_settings *settings, const char *path,
                                           struct adit_buffer *blob, char *text, size_t size)
{
    struct adit_buffer file = adit_buffer_init(KEY_FILE_MAX);
    struct adit_public_line line;
    char why[256] = "";
    bool is_ours = false;
    enum adit_err err = adit_file_read(path, ADIT_FILE_ANY, &file, why, sizeof why);

    *blob = adit_buffer_init(KEY_FILE_MAX);
    if (!err && (!adit_public_line_split(adit_line_trim(adit_buffer_span(&file)), &line) ||
                 adit_public_line_decode(&line, blob) != ADIT_OK))
        err = ADIT_ERR_FORMAT;
    for (size_t i = 0; !err && i < settings->host_key_count; i++)
        is_ours = is_ours || adit_certificate_is_for(adit_buffer_span(blob),
                                                     adit_key_blob(settings->host_keys[i]));
    if (!err && !is_ours)
        (void)snprintf(text, size, "HostCertificate %.300s: is none for a HostKey", path);
    else if (err)
        (void)snprintf(text, size, "HostCertificate %.200s: %s", path,
                       why[0] ? why : adit_err_text(err));
    adit_buffer_clear(&file);
    return err ? err : is_ours ? ADIT_OK : ADIT_ERR_FORMAT;
}

static enum adit_err read_host_certificates(struct adit_settings *settings, char *text, size_t size)
{
    const struct adit_config_list *list = &settings->config.host_certificates;

    for (size_t i = 0; i < list->count; i++) {
        struct adit_buffer *blob = &settings->certificates[i];
        enum adit_err err;

        if (i == ADIT_HOST_KEYS_MAX) {
            (void)snprintf(text, size, "more than %d host certificates", ADIT_HOST_KEYS_MAX);
            return ADIT_ERR_LIMIT;
        }
        err = read_host_certificate(settings, list->items[i], blob, text, size);
        if (err)
            return err;
        settings->host_certificates[settings->host_certificate_count++] = adit_buffer_span(blob);
    }
    return ADIT_OK;
}

enum adit_err adit_settings_read_keys(struct adit_settings *settings, char *text, size_t size)
{
    struct adit_buffer banner = adit_buffer_init(BANNER_MAX);
    char why[256] = "";
    enum adit_err err = read_host_keys(settings, text, size);

    if (!err)
        err = read_host_certificates(settings, text, size);
    if (err || settings->config.banner == NULL)
        return err;
    err = adit_file_read(settings->config.banner, ADIT_FILE_ANY, &banner, why, sizeof why);
    if (err) {
        (void)snprintf(text, size, "banner: %s", why[0] ? why : adit_err_text(err));
    } else {
        settings->banner = adit_text_copy(adit_buffer_span(&banner));
        err = settings->banner ? ADIT_OK : ADIT_ERR_NO_MEMORY;
    }
    adit_buffer_clear(&banner);
    return err;
}

struct adit_session_settings adit_settings_session(const struct adit_settings *settings)
{
    const struct adit_sshd_config *config = &settings->config;
    struct adit_session_settings session = {
        .role = ADIT_SERVER,
        .algorithms = config->algorithms,
        .software_version = "adit_" ADIT_VERSION,
        .host_keys = (const struct adit_key *const *)settings->host_keys,
        .host_key_count = settings->host_key_count,
        .host_certificates = settings->host_certificates,
        .host_certificate_count = settings->host_certificate_count,
        .host_keys_told = true,
        .rekey_bytes = config->rekey_bytes,
        .rekey_ms = config->rekey_ms,
        .login_grace_ms =
            config->login_grace_time_ms ? config->login_grace_time_ms : NO_LOGIN_GRACE,
        .alive_interval_ms = config->client_alive_interval_ms,
        .alive_count_max =
            config->client_alive_count_max ? config->client_alive_count_max : UINT_MAX,
        .auth_tries_max = config->max_auth_tries,
        .channels_max = config->max_channels,
        .banner = settings->banner,
        .require_strict_kex = config->require_strict_kex,
        .password_offered = config->password_authentication && config->password_file,
        .interactive_offered = config->kbd_interactive_authentication && config->password_file,
        .auth_methods = (const char *const *)config->authentication_methods.items,
        .auth_methods_count = config->authentication_methods.count,
        .publickey_not_offered = !config->pubkey_authentication,
    };

    if (config->compression)
        session.algorithms.compression = "none,zlib@openssh.com";
    return session;
}

struct adit_settings *adit_settings_ref(struct adit_settings *settings)
{
    (void)atomic_fetch_add(&settings->refs, 1);
    return settings;
}

void adit_settings_unref(struct adit_settings *settings)
{
    if (settings == NULL || atomic_fetch_sub(&settings->refs, 1) > 1)
        return;
    for (size_t i = 0; i < settings->host_key_count; i++)
        adit_key_free(settings->host_keys[i]);
    for (size_t i = 0; i < ADIT_HOST_KEYS_MAX; i++)
        adit_buffer_clear(&settings->certificates[i]);
    free(settings->banner);
    adit_sshd_config_clear(&settings->config);
    free(settings);
}
