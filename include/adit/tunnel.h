/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tunnels for applications: SSH connections with forwards, driven by a loop
 * thread of the library's own. Every function here may be called from any
 * thread; callbacks come on threads of the library, never while a call of the
 * same thread is under way.
 *
 *     adit_runtime_new(&runtime);
 *     adit_tunnel_settings_init(&settings);
 *     settings.host = "gateway.example.com"; settings.user = "tunnel";
 *     adit_tunnel_open(runtime, &settings, &tunnel, &failure);   waits for the login
 *     adit_tunnel_dial(tunnel, "db", 3306, 10000, &fd, &failure);   a connected descriptor
 */
#ifndef ADIT_TUNNEL_H
#define ADIT_TUNNEL_H

#include "adit/key.h"
#include "adit/ssh.h"

#ifdef __cplusplus
extern "C" {
#endif

struct adit_runtime; /* one loop thread */
struct adit_tunnel;  /* one SSH connection and its forwards */
struct adit_forward; /* one listening port, here or at the gateway */

struct adit_ssh_config; /* what was read of ssh_config(5) */

/* ---- what went wrong, and who must act ------------------------------------ */

/* The leg of the way on which something failed. */
enum adit_leg {
    ADIT_LEG_NONE,
    ADIT_LEG_CLIENT,  /* here: settings, keys, a local port, a local target of -R */
    ADIT_LEG_GATEWAY, /* the way to the gateway and the gateway itself */
    ADIT_LEG_SERVER,  /* behind the gateway: the target of -L */
};

/* "client side", "gateway", "server side". */
ADIT_API const char *adit_leg_text(enum adit_leg leg);

struct adit_failure {
    enum adit_err err;
    enum adit_leg leg;
    char text[1024]; /* one sentence, printable; "" when there is none */
};

/* ---- the runtime ---------------------------------------------------------- */

ADIT_API ADIT_MUST_USE enum adit_err adit_runtime_new(struct adit_runtime **out);
/*
 * Ends every tunnel that is left, and the thread. Their handles are still to be
 * freed. Not from a callback.
 */
ADIT_API void adit_runtime_free(struct adit_runtime *runtime);

/* ---- settings -------------------------------------------------------------- */

enum adit_tunnel_state {
    ADIT_TUNNEL_CONNECTING,
    ADIT_TUNNEL_UP,
    ADIT_TUNNEL_WAITING, /* down, and to be tried again */
    ADIT_TUNNEL_CLOSING,
    ADIT_TUNNEL_ENDED,
};

enum adit_prompt_kind {
    ADIT_PROMPT_PASSWORD,   /* answer: the password */
    ADIT_PROMPT_PASSPHRASE, /* answer: that of a key file; kept until the runtime is freed */
    ADIT_PROMPT_SECRET,     /* keyboard-interactive; answer: not to be seen while it is typed */
    ADIT_PROMPT_VISIBLE,    /* keyboard-interactive; answer: may be seen */
    ADIT_PROMPT_HOST_KEY,   /* answer: "yes", "no", or the fingerprint */
};

/*
 * Asks the user. `text` is what to show. Writes the answer, NUL-terminated,
 * into `answer`; false: no answer is to be had. Called on a thread of its own:
 * it may block. A tunnel and its jump hosts ask one question after the other, and
 * passphrases of keys are asked for one at a time in a runtime, so what answers for
 * one tunnel must not wait for another one of it, nor close it.
 */
typedef bool adit_prompt_fn(void *user, enum adit_prompt_kind kind, const char *text, char *answer,
                            size_t size);

/*
 * One line for the log, without newline. `level`: 0 error, 1 info, 2 to 4 debug1
 * to debug3. It holds up the tunnel: no function of this header may be called.
 */
typedef void adit_log_fn(void *user, int level, const char *line);

/*
 * A tunnel that was up, or is to keep trying, has another state: its connection
 * was lost or a try to come back has failed (WAITING; `failure` says why, and is
 * NULL otherwise), it is tried again (CONNECTING), it is UP again. As from the log, no function of
 * this header may be called from here.
 */
typedef void adit_changed_fn(void *user, enum adit_tunnel_state state,
                             const struct adit_failure *failure);

/*
 * What an attempt to connect has passed, in this order, and again from the
 * beginning for each alternative host. When it fails, the step after the last
 * one that was told is the one that failed.
 */
enum adit_step {
    ADIT_STEP_PREPARED, /* keys and known_hosts were read; text: the alternative host, if it is one */
    ADIT_STEP_LOOKED_UP,  /* the name, where it is looked up here; text: the addresses */
    ADIT_STEP_CONNECTED,  /* text: the address that answered, or the way that leads there */
    ADIT_STEP_IDENTIFIED, /* it is an SSH server; text: what it calls itself */
    ADIT_STEP_EXCHANGED,  /* it has proved that it has its host key */
    ADIT_STEP_HOST_KEY,   /* that is the right one; text: its type and fingerprint */
    ADIT_STEP_LOGGED_IN,  /* text: the user */
};

/*
 * `hop` is the jump host that it is about, "" for the gateway; `text` is
 * printable. As from the log, no function of this header may be called from here.
 */
typedef void adit_step_fn(void *user, const char *hop, enum adit_step step, const char *text);

#define ADIT_IDENTITIES_MAX 32
#define ADIT_FILES_MAX      8
#define ADIT_JUMPS_MAX      8 /* more of them go round in a circle */
#define ADIT_USERS_MAX      64
#define ADIT_HOSTS_MAX      8

/*
 * All texts are copied by adit_tunnel_open(). NULL and 0 are defaults, those of
 * ssh_config(5) where it has them.
 */
struct adit_tunnel_settings {
    const char *host; /* to connect to; required */
    uint16_t port;    /* default 22 */
    /*
     * "host", "host:port" or "[address]:port": tried in this order, at each attempt, when the
     * host above or the one before does not come to a login and has not refused one. Not with
     * proxy_command, which knows one host only.
     */
    const char *alternative_hosts[ADIT_HOSTS_MAX];
    size_t alternative_host_count;
    const char *user;           /* required */
    const char *host_key_alias; /* the name to look up in known_hosts instead of host */
    const char *bind_address;
    const char *bind_interface;
    int address_family; /* AF_UNSPEC, AF_INET, AF_INET6 */

    /* The way to it; the first of these that is set counts. */
    const struct adit_tunnel_settings *jump; /* a tunnel to go through (ssh's ProxyJump); copied */
    const char
        *proxy_command; /* run by the user's shell; its stdin and stdout are the connection */
    /*
     * "http://user:password@host:port", "socks5://…" or "socks4a://…"; "env":
     * as the variables HTTPS_PROXY, ALL_PROXY and NO_PROXY have it.
     */
    const char *proxy_url;

    /* Keys, tried in this order: from memory, then from files. */
    const struct adit_key *const *keys; /* borrowed until adit_tunnel_free() */
    size_t key_count;
    const char *identity_files[ADIT_IDENTITIES_MAX]; /* a missing one is passed over… */
    size_t identity_file_count;
    bool identity_files_required; /* …unless this is set */
    /* Certificates for these keys or the agent's, besides PATH-cert.pub of each file. */
    const char *certificate_files[ADIT_IDENTITIES_MAX];
    size_t certificate_file_count;
    /*
     * The ssh-agent's socket; NULL or "SSH_AUTH_SOCK": that of the environment,
     * "$NAME": another variable of it, "none": no agent.
     */
    const char *identity_agent;
    bool identities_only; /* of the agent's keys only those of the files above */
    enum adit_add_keys add_keys_to_agent;
    uint64_t add_keys_ms; /* for so long; 0: for as long as the agent lives */

    const char *password;          /* used once before the prompt is asked; NULL: none */
    bool batch_mode;               /* never ask */
    unsigned password_prompts;     /* of a password or passphrase; default 3; UINT_MAX: never */
    const char *preferred_methods; /* default "publickey,keyboard-interactive,password" */

    enum adit_host_key_policy host_key_policy;
    const char *user_known_hosts[ADIT_FILES_MAX]; /* new keys go to the first */
    size_t user_known_hosts_count;
    const char *global_known_hosts[ADIT_FILES_MAX];
    size_t global_known_hosts_count;
    bool hash_known_hosts;
    enum adit_update_host_keys update_host_keys; /* of the user's files */

    struct adit_algorithms algorithms;
    const char *ca_signature_algorithms; /* that may be under a host certificate; NULL: the
                                            default ones */
    uint64_t rekey_bytes;
    uint64_t rekey_ms;
    bool compression;
    bool only_checks; /* aditd is told so, and takes no port from the tunnel that has it */

    /*
     * For name look-up, TCP, identification and first key exchange together, but for the time
     * that the user takes over the host key; default 30 s.
     */
    uint64_t connect_timeout_ms;
    uint64_t alive_interval_ms; /* default 5 s; UINT64_MAX: never */
    unsigned alive_count_max;   /* default 3 */
    bool no_tcp_keepalive;
    /* Bytes that may wait for programs that do not read them, of all connections; default 256 MiB. */
    uint64_t window_memory;
    bool require_strict_kex; /* refuse a gateway without strict key exchange */
    bool publickey_unbound;  /* logins are not bound to the host key, though the gateway could */
    bool gateway_ports;      /* -L without an address listens on all of them */
    unsigned socket_mode;    /* permission bits of sockets made in the file system; default 0600 */
    bool unlink_sockets;     /* a socket that is there already gives way to a forward's */
    /*
     * Who may connect to local forwards: names, numbers, or "self"; none: everybody.
     * With it, connections from other machines are closed.
     */
    const char *forward_allow_users[ADIT_USERS_MAX];
    size_t forward_allow_user_count;

    /*
     * A tunnel that was up once comes back by itself: it is tried again until it
     * is closed. Its local ports stay, its remote ones are asked for again, and
     * whoever connects meanwhile waits. Nobody is prompted any more: what was
     * answered for the first login is kept for the next ones.
     */
    bool no_reconnect; /* it ends with its first connection */
    /*
     * The first login is tried again like every other: adit_tunnel_open() returns
     * at once, and forwards may be asked for. Who is asked for a password or the
     * like is asked until a login was refused.
     */
    bool keep_trying;
    uint64_t connect_wait_ms; /* how long one waits for a tunnel that is down; default 15 s;
                                 UINT64_MAX: not at all */

    int log_level; /* what is above is not logged; see adit_log_fn */
    adit_log_fn *log;
    adit_prompt_fn *prompt;
    adit_step_fn *step;
    adit_changed_fn *changed;
    /* Called once when a tunnel that was up has ended; OK: as was asked for. It may free it. */
    void (*ended)(void *user, const struct adit_failure *failure);
    void *user_data; /* first argument of the callbacks */

    struct adit_ssh_config *loaded; /* the library's: what adit_tunnel_settings_load() has read */
};

ADIT_API void adit_tunnel_settings_init(struct adit_tunnel_settings *settings);

/*
 * Fills settings for a destination ("gw", "user@host", "ssh://user@host:port")
 * from ~/.ssh/config and the system's ssh_config, as ssh would. The texts live
 * until adit_tunnel_settings_clear(). FORMAT with file and line in *failure.
 */
ADIT_API ADIT_MUST_USE enum adit_err adit_tunnel_settings_load(
    struct adit_tunnel_settings *settings, const char *destination, struct adit_failure *failure);

/* A setting of ssh_config(5) that stands above those of the files. */
struct adit_ssh_option {
    const char *keyword; /* NULL: `value` is "keyword=value" or "keyword value", as after -o */
    const char *value;
};

/* What ssh's command line says of its configuration. All zero: nothing. */
struct adit_ssh_options {
    const struct adit_ssh_option *options; /* the first of a keyword wins */
    size_t option_count;
    const char *config_file; /* instead of the user's and the system's; "none": none */
    bool without_jumps;      /* the hosts of ProxyJump are not looked into */
};

/*
 * The same with what was given besides. Notes on settings without effect go to
 * settings->log, at level 2.
 */
ADIT_API ADIT_MUST_USE enum adit_err adit_tunnel_settings_load_with(
    struct adit_tunnel_settings *settings, const char *destination,
    const struct adit_ssh_options *given, struct adit_failure *failure);
ADIT_API void adit_tunnel_settings_clear(struct adit_tunnel_settings *settings);

/* ---- tunnels ---------------------------------------------------------------- */

/*
 * Connects and logs in; returns when that is done or has failed: the first
 * login is not tried twice, unless the settings say so. `failure` may be NULL.
 */
ADIT_API ADIT_MUST_USE enum adit_err adit_tunnel_open(struct adit_runtime *runtime,
                                                      const struct adit_tunnel_settings *settings,
                                                      struct adit_tunnel **out,
                                                      struct adit_failure *failure);

/*
 * Lets the connections through the tunnel finish for at most `deadline_ms`,
 * then ends it. Returns when it has ended.
 */
ADIT_API void adit_tunnel_close(struct adit_tunnel *tunnel, uint64_t deadline_ms);
/* Closes at once if it still is open; then the handle and its forwards are gone. */
ADIT_API void adit_tunnel_free(struct adit_tunnel *tunnel);

/*
 * A forward as ssh's -L, -R and -D mean it. `bind` NULL: loopback for local
 * ones, the gateway's choice of loopback for remote ones; "" or "*": all
 * addresses. `bind_port` 0: any free one, to be asked by adit_forward_port().
 *
 * `host` and `port` are the target. `host` NULL (and port 0): each connection
 * names its own by SOCKS 4, 4a or 5, which is spoken by this end of the tunnel.
 *
 * Instead of an address, `bind` and `host` may be the absolute path of a socket
 * in the file system; the port beside it is 0 then.
 */
struct adit_forward_settings {
    const char *bind;
    uint16_t bind_port;
    const char *host;
    uint16_t port;
};

/*
 * Both kinds may be asked for while the tunnel is down, if it comes back.
 *
 * Listens here and connects from the gateway (-L); returns when the port
 * listens. The forward lives until adit_forward_remove() or the tunnel's end.
 */
ADIT_API ADIT_MUST_USE enum adit_err adit_tunnel_forward_local(
    struct adit_tunnel *tunnel, const struct adit_forward_settings *settings,
    struct adit_forward **out, struct adit_failure *failure);
/*
 * Listens at the gateway and connects from here (-R); returns when the gateway
 * has confirmed. While the tunnel is down, or when it is lost before that, it
 * returns at once: the gateway is asked when the tunnel is up, until it says yes.
 */
ADIT_API ADIT_MUST_USE enum adit_err adit_tunnel_forward_remote(
    struct adit_tunnel *tunnel, const struct adit_forward_settings *settings,
    struct adit_forward **out, struct adit_failure *failure);
/* The port that really listens; 0: it is a socket in the file system, or not known yet. */
ADIT_API uint16_t adit_forward_port(const struct adit_forward *forward);
/*
 * Stops listening; connections that are open go on. The gateway's word that a
 * remote one listens no more is waited for: half a minute at most, for one that
 * does not answer is given up with its connection, and that ends its ports.
 */
ADIT_API void adit_forward_remove(struct adit_forward *forward);

/* Connections that are waiting for the tunnel or for their target are not counted yet. */
struct adit_forward_status {
    bool listens;  /* false: the gateway has not said yes to it, since the tunnel is up or at all */
    uint16_t port; /* as adit_forward_port() has it */
    uint64_t connections;       /* open now */
    uint64_t connections_total; /* since the start */
    uint64_t connections_aborted;
    uint64_t bytes_sent;
    uint64_t bytes_received;
};

ADIT_API void adit_forward_status(const struct adit_forward *forward,
                                  struct adit_forward_status *out);

/*
 * A connection to host:port through the tunnel, without a listening port; with
 * port 0 `host` is the path of a socket in the gateway's file system. A
 * connected stream socket of the caller's own, to be closed by the caller.
 * REFUSED with the leg and the gateway's words; TIMEOUT after `timeout_ms`.
 */
ADIT_API ADIT_MUST_USE enum adit_err adit_tunnel_dial(struct adit_tunnel *tunnel, const char *host,
                                                      uint16_t port, uint64_t timeout_ms, int *fd,
                                                      struct adit_failure *failure);

struct adit_tunnel_status {
    enum adit_tunnel_state state;
    uint64_t retry_in_ms;       /* while WAITING; else UINT64_MAX */
    uint64_t state_ms;          /* for so long it has been up, or down */
    uint64_t outages;           /* how often the connection to the gateway was lost */
    uint64_t connections;       /* open now */
    uint64_t connections_total; /* since the start */
    /* Of the ended ones, those that broke off. The socket of adit_tunnel_dial() shows no reset. */
    uint64_t connections_aborted;
    uint64_t bytes_sent; /* of the forwarded connections */
    uint64_t bytes_received;
    uint64_t round_trip_ms;          /* the shortest; UINT64_MAX: not measured yet */
    uint64_t round_trip_us;          /* the same, finer */
    struct adit_agreement agreement; /* of the connection now, names NULL without one; static */
    struct adit_failure last_failure;
    uint64_t last_failure_ms; /* so long ago; UINT64_MAX: there was none */
};

ADIT_API void adit_tunnel_status(struct adit_tunnel *tunnel, struct adit_tunnel_status *out);

/* ---- keys in files ----------------------------------------------------------- */

/*
 * Reads a private key file: a regular file of at most 1 MiB that, when it is
 * ours, nobody else may read (SYSTEM otherwise, with the reason in *failure).
 * Errors of adit_key_read_private() besides. `failure` may be NULL.
 */
ADIT_API ADIT_MUST_USE enum adit_err adit_key_load(const char *path, const char *passphrase,
                                                   struct adit_key **out,
                                                   struct adit_failure *failure);

#ifdef __cplusplus
}
#endif

#endif
