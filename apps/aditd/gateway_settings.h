/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One generation of the configuration with what it points to: host keys and
 * banner. A reload makes a new one; sessions keep the one they were born with
 * and policy is judged by the newest.
 */
#ifndef ADITD_GATEWAY_SETTINGS_H
#define ADITD_GATEWAY_SETTINGS_H

#include "config/sshd_config.h"

#include <stdatomic.h>

#define ADIT_OPTIONS_MAX    64
#define ADIT_HOST_KEYS_MAX  16
#define ADIT_DEFAULT_CONFIG "/etc/aditd/aditd_config"
#define ADIT_NO_CONFIG      "/dev/null" /* -f none */

/* What the command line says; see command_line.h. It owns the texts. */
struct adit_options {
    char *config_path;                /* -f; NULL: the default, which may be missing */
    char *settings[ADIT_OPTIONS_MAX]; /* "keyword=value", from -o, -p and -h */
    size_t setting_count;
    char *log_file;  /* -E */
    bool to_stderr;  /* -e */
    unsigned debug;  /* -d, counted */
    bool foreground; /* -D */
    bool inetd;      /* -i */
    bool test;       /* -t */
    bool print;      /* -T */
    bool is_try;     /* --try */
    bool any_port;   /* -p 0 */
    bool port_given; /* -p */
};

struct adit_settings {
    atomic_uint refs;
    struct adit_sshd_config config;
    struct adit_config_files files;
    const struct adit_log *log;
    struct adit_key *host_keys[ADIT_HOST_KEYS_MAX];
    size_t host_key_count;
    bool host_key_is_missing[ADIT_HOST_KEYS_MAX];        /* by its place among the HostKeys */
    struct adit_buffer certificates[ADIT_HOST_KEYS_MAX]; /* HostCertificate: blobs… */
    struct adit_span host_certificates[ADIT_HOST_KEYS_MAX];
    size_t host_certificate_count;
    char *banner; /* NULL: none */
};

/*
 * Reads the configuration and settles how many workers there are. FORMAT and
 * others with a sentence in *text; *out is NULL then.
 */
ADIT_MUST_USE enum adit_err adit_settings_read(const struct adit_options *options,
                                               const struct adit_log *log,
                                               struct adit_settings **out, char *text, size_t size);
/* Reads the host keys and the banner. */
ADIT_MUST_USE enum adit_err adit_settings_read_keys(struct adit_settings *settings, char *text,
                                                    size_t size);
/* One line for each key that the configuration names and that is not there. */
void adit_settings_log_missing_keys(const struct adit_settings *settings);

/* The settings of a session that starts now; borrowed from `settings`. */
struct adit_session_settings adit_settings_session(const struct adit_settings *settings);

/* On any thread: nothing else in them changes once they are read. */
struct adit_settings *adit_settings_ref(struct adit_settings *settings);
void adit_settings_unref(struct adit_settings *settings);

#endif
