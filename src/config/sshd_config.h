/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The gateway's settings, read from a file in the language of sshd_config(5)
 * and from -o. The first value obtained wins: init, options, file, finish.
 * Texts live until clear.
 */
#ifndef ADIT_CONFIG_SSHD_CONFIG_H
#define ADIT_CONFIG_SSHD_CONFIG_H

#include "adit/ssh.h"
#include "base/log.h"
#include "config/pool.h"
#include "keys/authorized_keys.h"

#define ADIT_SSHD_KEYWORDS_MAX 192

struct adit_listen_address {
    const char *host; /* numeric or name, without brackets; "" or "*": all addresses */
    uint16_t port;
};

/*
 * PermitOpen, PermitListen: `any` is not restricted, `none` is restricted to
 * nothing. When not given: any under SshdDefaults, else nothing but what the
 * options of the user's key permit.
 */
struct adit_permit_list {
    bool restricted;
    struct adit_permit *permits; /* hosts belong to the configuration */
    size_t count;
};

enum adit_allow_forwarding {
    ADIT_FORWARDING_NO = 0,
    ADIT_FORWARDING_LOCAL = 1,  /* direct-tcpip, -streamlocal: the client's -L */
    ADIT_FORWARDING_REMOTE = 2, /* tcpip-forward, streamlocal-forward: the client's -R */
    ADIT_FORWARDING_ALL = 3,
};

enum adit_gateway_ports {
    ADIT_GATEWAY_PORTS_NO,  /* -R listens on loopback */
    ADIT_GATEWAY_PORTS_YES, /* …on all addresses */
    ADIT_GATEWAY_PORTS_CLIENTSPECIFIED,
};

/* With `start` unauthenticated connections, drop `rate` per cent; rising to all at `full`. */
struct adit_max_startups {
    unsigned start;
    unsigned rate;
    unsigned full;
};

struct adit_sshd_config {
    /* After finish: every address with its port; never empty. */
    struct adit_listen_address *listen_addresses;
    size_t listen_address_count;
    struct adit_config_list ports; /* as numbers in text, until finish */
    enum adit_config_family address_family;
    struct adit_config_list host_keys; /* paths */
    struct adit_config_list host_certificates;

    struct adit_config_list authorized_keys_files; /* %u %h %% are for the gateway to expand */
    const char *trusted_user_ca_keys;              /* path; NULL: none */
    const char *ca_signature_algorithms;           /* NULL: the default */
    bool pubkey_authentication;
    bool password_authentication;
    bool kbd_interactive_authentication;
    struct adit_config_list authentication_methods; /* "publickey,password"; empty: any one */
    const char *password_file;                      /* ours; NULL: none */
    struct adit_config_list allow_users;            /* patterns USER or USER@HOST; empty: all */
    struct adit_config_list deny_users;
    bool strict_modes;
    const char *banner; /* path; NULL: none */

    enum adit_allow_forwarding allow_tcp_forwarding;
    enum adit_allow_forwarding allow_stream_local_forwarding; /* of the paths that are permitted */
    unsigned stream_local_bind_mask;
    bool stream_local_bind_unlink;
    enum adit_gateway_ports gateway_ports;
    struct adit_permit_list permit_open;
    struct adit_permit_list permit_listen;

    uint64_t client_alive_interval_ms; /* 0: never ask */
    unsigned client_alive_count_max;   /* 0: never give up on a silent client */
    uint64_t login_grace_time_ms;      /* 0: no limit */
    unsigned max_auth_tries;
    unsigned max_channels; /* ours: of each session; 0: the default */
    struct adit_max_startups max_startups;
    unsigned max_user_sessions; /* ours: 0: no limit */
    uint64_t window_memory;     /* ours: bytes that may wait for targets that do not read */
    bool tcp_keep_alive;
    bool use_dns;
    unsigned workers; /* ours: threads that serve; 0: the gateway chooses */

    struct adit_algorithms algorithms; /* NULL: the default; + - ^ are resolved */
    bool require_strict_kex;           /* ours */
    bool compression;
    uint64_t rekey_bytes; /* 0: the default */
    uint64_t rekey_ms;    /* 0: the default; UINT64_MAX: never */

    enum adit_log_level log_level;
    const char *syslog_facility; /* upper case: "AUTH", "LOCAL0" */
    const char *pid_file;        /* NULL: none */

    /*
     * Ours: sshd's own defaults and paths, and settings about shells and the
     * like are passed over instead of refused, so that a stock sshd_config loads.
     */
    bool sshd_defaults;

    char error[512]; /* after a failure: one sentence, "file:line: …" where it has a place */

    /* private */
    struct adit_config_list refused; /* sentences about settings that SshdDefaults passes over */
    const struct adit_config_files *files;
    struct adit_config_pool pool;
    bool given[ADIT_SSHD_KEYWORDS_MAX];
    unsigned files_read;
};

/* The defaults. `files` is borrowed until clear and may be NULL. */
void adit_sshd_config_init(struct adit_sshd_config *config, const struct adit_config_files *files);
void adit_sshd_config_clear(struct adit_sshd_config *config);

/*
 * All of these: FORMAT, UNSUPPORTED (a setting that the gateway does not
 * honour), LIMIT or NO_MEMORY, with a sentence in config->error; the
 * configuration is then good for nothing but clear. NOT_FOUND leaves it as it was.
 */

/* The argument of -o: "keyword=value" or "keyword value". */
ADIT_MUST_USE enum adit_err adit_sshd_config_option(struct adit_sshd_config *config,
                                                    const char *option);
/* A file. Include with a relative path looks in /etc/ssh. NOT_FOUND, SYSTEM. */
ADIT_MUST_USE enum adit_err adit_sshd_config_read(struct adit_sshd_config *config,
                                                  const char *path);
/* The same for text in memory; `name` stands for the file in errors. */
ADIT_MUST_USE enum adit_err adit_sshd_config_parse(struct adit_sshd_config *config,
                                                   const char *name, struct adit_span text);
/* After the last source: settles SshdDefaults, addresses and ports. */
ADIT_MUST_USE enum adit_err adit_sshd_config_finish(struct adit_sshd_config *config);

/* Whether the keyword was given a value. */
bool adit_sshd_config_is_set(const struct adit_sshd_config *config, const char *keyword);

/* Appends "keyword value\n" lines, keywords in lower case, as sshd -T. LIMIT, NO_MEMORY. */
ADIT_MUST_USE enum adit_err adit_sshd_config_print(const struct adit_sshd_config *config,
                                                   struct adit_buffer *out);

#endif
