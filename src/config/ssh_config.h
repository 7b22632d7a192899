/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The client's settings, read from ssh_config(5) and -o. The first value
 * obtained wins, so the order of calls is: init, command line, the user's file,
 * the system's file, settle; if that wants it, both files again; finish. Texts
 * live until clear.
 */
#ifndef ADIT_CONFIG_SSH_CONFIG_H
#define ADIT_CONFIG_SSH_CONFIG_H

#include "adit/key.h"
#include "adit/ssh.h"
#include "base/log.h"
#include "config/forward_spec.h"
#include "config/pool.h"

#define ADIT_SSH_KEYWORDS_MAX   192
#define ADIT_SSH_IDENTITIES_MAX 32
#define ADIT_SSH_FILES_MAX      8 /* known_hosts files of one keyword */
#define ADIT_SSH_USERS_MAX      64
#define ADIT_SSH_HOSTS_MAX      8 /* of AlternativeHosts */

/* What Host, Match and the % tokens look at. Borrowed until clear. */
struct adit_ssh_target {
    const char *host;       /* as the user wrote it: %n, and %h when there is no HostName */
    const char *local_user; /* %u, and the default of User */
    const char *home;       /* ~ and %d; NULL: not known, then ~ is an error */
    const char *local_host; /* %l, and up to its first dot %L; may be NULL */
    unsigned local_id;      /* %i */
};

/* All of these: 0 is "no". */
enum adit_pubkey_choice {
    ADIT_PUBKEY_NO,
    ADIT_PUBKEY_YES,
    ADIT_PUBKEY_UNBOUND,
    ADIT_PUBKEY_HOST_BOUND,
};
enum adit_canonicalize { ADIT_CANONICALIZE_NO, ADIT_CANONICALIZE_YES, ADIT_CANONICALIZE_ALWAYS };
enum adit_control_master {
    ADIT_CONTROL_NO,
    ADIT_CONTROL_YES,
    ADIT_CONTROL_ASK,
    ADIT_CONTROL_AUTO,
    ADIT_CONTROL_AUTO_ASK,
};

struct adit_ssh_config {
    const char *host_name; /* to connect to; never NULL after finish */
    const char *user;      /* never NULL after finish, "" when local_user was NULL */
    uint16_t port;
    struct adit_config_list alternative_hosts; /* ours: "host[:port]", after host_name */
    const char *host_key_alias;                /* or NULL */
    const char *bind_address;                  /* or NULL */
    const char *bind_interface;                /* or NULL */
    enum adit_config_family address_family;

    const char *proxy_command; /* or NULL; for a shell, its tokens replaced */
    bool proxy_use_fdpass;     /* only where no proxy_command is */
    const char *proxy_jump;    /* or NULL: "[user@]host[:port]", the first hop first */
    const char *proxy_url;     /* ours, or NULL */

    enum adit_canonicalize canonicalize_hostname;
    struct adit_config_list canonical_domains;
    unsigned canonicalize_max_dots;
    bool canonicalize_fallback_local;
    struct adit_config_list permitted_cnames; /* "patterns:patterns" */

    struct adit_config_list identity_files; /* paths; after "none" and nothing else: empty */
    bool identity_files_given;              /* false: these are the default ones */
    struct adit_config_list certificate_files;
    bool identities_only;
    const char *identity_agent; /* NULL: $SSH_AUTH_SOCK; "none", "$NAME", or a path */
    enum adit_add_keys add_keys_to_agent;
    uint64_t add_keys_ms; /* 0: for as long as the agent lives */
    enum adit_pubkey_choice pubkey_authentication;
    bool password_authentication;
    bool kbd_interactive_authentication;
    const char *preferred_authentications; /* or NULL */
    unsigned number_of_password_prompts;
    bool batch_mode;

    enum adit_host_key_policy strict_host_key_checking;
    struct adit_config_list user_known_hosts_files;
    struct adit_config_list global_known_hosts_files;
    bool hash_known_hosts;
    enum adit_update_host_keys update_host_keys;

    struct adit_algorithms algorithms;   /* NULL: the default; + - ^ are resolved */
    const char *ca_signature_algorithms; /* the same, of who certifies hosts */
    bool require_strict_kex;             /* ours */
    bool compression;
    uint64_t rekey_bytes; /* 0: the default */
    uint64_t rekey_ms;    /* 0: the default; UINT64_MAX: never */

    uint64_t connect_timeout_ms;       /* 0: the system's */
    uint64_t server_alive_interval_ms; /* 0: never ask */
    unsigned server_alive_count_max;   /* 0: as 1 */
    bool tcp_keep_alive;
    bool exit_on_forward_failure;
    bool reconnect;           /* ours */
    uint64_t connect_wait_ms; /* ours; 0: not at all */
    uint64_t window_memory;   /* ours: bytes that may wait for programs that do not read */

    bool gateway_ports;
    bool clear_all_forwardings;
    struct adit_forward_spec *local_forwards; /* none after finish with ClearAllForwardings */
    size_t local_forward_count;
    struct adit_forward_spec *remote_forwards;
    size_t remote_forward_count;
    struct adit_forward_spec *dynamic_forwards;
    size_t dynamic_forward_count;
    unsigned stream_local_bind_mask;
    bool stream_local_bind_unlink;
    struct adit_config_list forward_allow_users; /* ours */

    enum adit_control_master control_master;
    const char *control_path; /* or NULL */
    bool control_persist;
    uint64_t control_persist_ms; /* 0: for ever */

    enum adit_log_level log_level;
    const char *tag; /* or NULL */

    /* Something is said of this host: by a Host line that is not for all, or by HostName. */
    bool is_named;
    struct adit_config_list named_hosts; /* of Host without wildcards, in the first file and what
                                            it includes; a name may stand there more than once */

    char error[512]; /* after a failure: one sentence, "file:line: …" where it has a place */

    /* private */
    struct {
        struct adit_config_list identity_files;
        struct adit_config_list certificate_files;
        const char *proxy_command;
    } written; /* as they stand in the files: ssh -G shows them so */
    const char *ignore_unknown;
    bool settled;     /* host_name is the name to connect to */
    bool final_pass;  /* the files are read for the second time… */
    bool wants_final; /* …because a Match asks for it */
    struct adit_ssh_target target;
    const struct adit_config_files *files;
    struct adit_config_pool pool;
    bool given[ADIT_SSH_KEYWORDS_MAX];
    unsigned files_read;
    unsigned sources; /* files that our caller has had read */
};

/* The defaults. Both arguments are borrowed until clear; `files` may be NULL. */
void adit_ssh_config_init(struct adit_ssh_config *config, const struct adit_ssh_target *target,
                          const struct adit_config_files *files);
void adit_ssh_config_clear(struct adit_ssh_config *config);

/*
 * All of these: FORMAT, UNSUPPORTED (a setting that adit does not know how to
 * honour), LIMIT or NO_MEMORY, with a sentence in config->error; the
 * configuration is then good for nothing but clear. NOT_FOUND leaves it as it was.
 */

/* The argument of -o: "keyword=value" or "keyword value". */
ADIT_MUST_USE enum adit_err adit_ssh_config_option(struct adit_ssh_config *config,
                                                   const char *option);
/* One keyword and one value as it is, without quotes or comments: for -p, -l, -i and the like. */
ADIT_MUST_USE enum adit_err adit_ssh_config_set(struct adit_ssh_config *config, const char *keyword,
                                                const char *value);
/*
 * A file. Include with a relative path looks in `include_dir` ("~/.ssh",
 * "/etc/ssh"). NOT_FOUND, SYSTEM when it cannot be read.
 */
ADIT_MUST_USE enum adit_err adit_ssh_config_read(struct adit_ssh_config *config, const char *path,
                                                 const char *include_dir);
/* The same for text in memory; `name` stands for the file in errors. */
ADIT_MUST_USE enum adit_err adit_ssh_config_parse(struct adit_ssh_config *config, const char *name,
                                                  struct adit_span text, const char *include_dir);
/*
 * After the last source: takes HostName into use and makes the name canonical.
 * With *again the same files are to be read once more: blocks for the name that
 * was found, and "Match final", are now looked at.
 */
ADIT_MUST_USE enum adit_err adit_ssh_config_settle(struct adit_ssh_config *config, bool *again);
/* At last (it settles, if nobody did): expands ~ and % tokens and fills what depends on other settings. */
ADIT_MUST_USE enum adit_err adit_ssh_config_finish(struct adit_ssh_config *config);

/* Whether the keyword was given a value. */
bool adit_ssh_config_is_set(const struct adit_ssh_config *config, const char *keyword);

/*
 * Appends "keyword value\n" lines, keywords in lower case, as ssh -G does (`adit
 * -G`): values stand there without quotes. LIMIT, NO_MEMORY.
 */
ADIT_MUST_USE enum adit_err adit_ssh_config_print(const struct adit_ssh_config *config,
                                                  struct adit_buffer *out);

#endif
