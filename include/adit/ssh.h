/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The SSH-2 engine: a value that eats bytes and time and gives bytes and
 * events. It opens no socket, reads no clock, calls nobody back and belongs to
 * one thread at a time. The driver's loop is:
 *
 *     adit_session_input_buffer(s, &buf, &cap);   room for what comes
 *     n = read(fd, buf, cap);
 *     adit_session_input_filled(s, n);
 *     while (adit_session_next_event(s, &event))  until there is none,
 *         ...                                     before any other session reads
 *     n = writev(fd, adit_session_output(s, …));  what is to be sent
 *     adit_session_output_sent(s, n);
 *     adit_session_deadline(s)                    when to call adit_session_advance()
 *
 * Spans in an event are borrowed until the next call of adit_session_next_event()
 * on any session that shares the same struct adit_buffers; the data of
 * ADIT_EVENT_CHANNEL_DATA until the first such call after one that returned
 * false, until room for more input is asked for, or until ADIT_TOLD_MAX bytes
 * were told of with it, so that the data of several packets can be written at
 * once. Text of the peer in them is as it came: make it printable before
 * showing it.
 *
 * Times are milliseconds of a clock that never goes back; its zero is the driver's.
 */
#ifndef ADIT_SSH_H
#define ADIT_SSH_H

#include "adit/err.h"
#include "adit/key.h"

#ifdef __cplusplus
extern "C" {
#endif

struct adit_session;
struct adit_channel;

/* ---- buffers that all sessions of one thread share ---------------------- */

/*
 * One input area that every session reads into in turn, and output blocks that
 * go back when they are sent: a session that sits idle holds neither.
 */
struct adit_buffers;

/* Bytes of ADIT_EVENT_CHANNEL_DATA that stay at once: see the head of this file. */
#define ADIT_TOLD_MAX ((size_t)512 * 1024)

ADIT_API ADIT_MUST_USE enum adit_err adit_buffers_new(struct adit_buffers **out);
/* After every session that uses it. */
ADIT_API void adit_buffers_free(struct adit_buffers *buffers);

/* ---- the memory of windows ------------------------------------------------ */

/*
 * Bounds what the peers of all sessions that share it may send before it was
 * consumed: windows begin smaller and grow less as it is used up. Any thread.
 */
struct adit_window_memory;

/* `max` is in bytes. NO_MEMORY. */
ADIT_API ADIT_MUST_USE enum adit_err adit_window_memory_new(uint64_t max,
                                                            struct adit_window_memory **out);
/* Another bound from now on; what was promised stays promised. */
ADIT_API void adit_window_memory_set_max(struct adit_window_memory *memory, uint64_t max);
/* Another holder of it, who frees it too. Returns `memory`, which may be NULL. */
ADIT_API struct adit_window_memory *adit_window_memory_share(struct adit_window_memory *memory);
/* After every session that uses it; it goes with its last holder. */
ADIT_API void adit_window_memory_free(struct adit_window_memory *memory);
/*
 * The driver has `more` bytes more, or less, of what came and has not been
 * taken. False: there is so much of it that whoever has some should read no
 * more from his peer. `memory` NULL: never so.
 */
ADIT_API bool adit_window_memory_hold(struct adit_window_memory *memory, int64_t more);

/* ---- settings ------------------------------------------------------------ */

enum adit_role { ADIT_CLIENT = 1, ADIT_SERVER = 2 };

/* Comma-separated names, best first. NULL stands for the default. */
struct adit_algorithms {
    const char *kex;
    const char *host_keys;
    const char *ciphers;
    const char *macs;
    const char *compression;
    const char *pubkey_accepted; /* signature algorithms for users' keys */
};

/* Zero is the default of each number; the texts and keys are borrowed for the session's life. */
struct adit_session_settings {
    enum adit_role role;
    struct adit_algorithms algorithms;
    const char *software_version; /* "adit_1.0" */
    const char *user;             /* client: to log in as */

    const struct adit_key *const *host_keys; /* server: private */
    size_t host_key_count;
    const struct adit_span *host_certificates; /* server: blobs, each for one of these keys */
    size_t host_certificate_count;
    bool host_keys_told; /* server: the client learns of all these keys after its login */

    uint64_t rekey_bytes;       /* default 1 GiB; 32 GiB at most */
    uint64_t rekey_ms;          /* default 1 h */
    uint64_t login_grace_ms;    /* server: from the start to the login; default 120 s */
    uint64_t kex_timeout_ms;    /* for each key exchange; default 60 s */
    uint64_t alive_interval_ms; /* ask the silent peer for a sign of life; 0: never */
    unsigned alive_count_max;   /* unanswered ones before giving up; default 3 */
    unsigned auth_tries_max;    /* server: default 6 */
    unsigned channels_max;      /* default 16384 */
    uint32_t window_initial;    /* receive window of a channel at birth, bytes; default 256 KiB */
    uint32_t window_max;        /* what it may grow to; default 64 MiB */
    struct adit_window_memory *window_memory; /* borrowed; NULL: no bound but window_max */
    const char *banner;         /* server: SSH_MSG_USERAUTH_BANNER's text; NULL: none */
    bool require_strict_kex;    /* refuse a peer without strict key exchange */
    bool password_offered;      /* server: "password" is among what can continue */
    bool interactive_offered;   /* server: "keyboard-interactive" is, too */
    bool publickey_not_offered; /* server: "publickey" is not */
    bool publickey_unbound;     /* client: logins are not bound to the host key */
    /*
     * server: lists as AuthenticationMethods has them ("publickey,password"): all
     * methods of one of them have to succeed, in its order. None: one method will do.
     */
    const char *const *auth_methods;
    size_t auth_methods_count;
};

/*
 * A session at its start. USAGE: a server without host keys, a client without a
 * user, a list of algorithms that is malformed, such as one with blanks in it;
 * USAGE or LIMIT: one that is too long. NO_AGREEMENT: a server whose host keys
 * can do none of `host_keys`; elsewhere a name that is not known here does no
 * harm. NO_MEMORY, CRYPTO.
 */
ADIT_API ADIT_MUST_USE enum adit_err adit_session_new(const struct adit_session_settings *settings,
                                                      struct adit_buffers *buffers, uint64_t now_ms,
                                                      struct adit_session **out);
/* With all its channels. Sends nothing. */
ADIT_API void adit_session_free(struct adit_session *s);

/* ---- bytes and time ------------------------------------------------------ */

/*
 * Where the next bytes from the peer are to be put; what stood in the area that
 * sessions share is gone. `*cap` is 0 while the session takes none.
 */
ADIT_API void adit_session_input_buffer(struct adit_session *s, uint8_t **buf, size_t *cap);
/*
 * Whether it takes any: not when it is over, while its output must be sent
 * first, or while a verdict about a host key or a login is asked for.
 */
ADIT_API bool adit_session_takes_input(const struct adit_session *s);
/* `len` bytes were put there. Then events are to be drained before any other session reads. */
ADIT_API void adit_session_input_filled(struct adit_session *s, size_t len);
/* The peer closed its side of the socket. */
ADIT_API void adit_session_input_closed(struct adit_session *s);
/*
 * It has said something, and not yet that it speaks SSH (RFC 4253, 4.2): some servers tell
 * in this way why they hang up. input_closed() makes it the session's error, after a reset too.
 */
ADIT_API bool adit_session_has_prelude(const struct adit_session *s);

/* Fills at most `max` spans with what is to be sent, in order; returns how many. */
ADIT_API size_t adit_session_output(const struct adit_session *s, struct adit_span *spans,
                                    size_t max);
/* How many bytes of output wait. */
ADIT_API size_t adit_session_output_size(const struct adit_session *s);
/* The first `len` bytes of the output have been sent. */
ADIT_API void adit_session_output_sent(struct adit_session *s, size_t len);

/* Tells the time: runs what is due. Cheap; to be called before a batch of work. */
ADIT_API void adit_session_advance(struct adit_session *s, uint64_t now_ms);
/* When adit_session_advance() is next needed; UINT64_MAX: never. */
ADIT_API uint64_t adit_session_deadline(const struct adit_session *s);

/* ---- the session --------------------------------------------------------- */

/* Ends the session: SSH_MSG_DISCONNECT is queued, then only output is left to send. */
ADIT_API void adit_session_disconnect(struct adit_session *s, const char *text);
/* Why it ended: ADIT_OK while it lives. */
ADIT_API enum adit_err adit_session_error(const struct adit_session *s);
/* A sentence for that, "" while it lives. Peer's text in it is printable. */
ADIT_API const char *adit_session_error_text(const struct adit_session *s);
ADIT_API bool adit_session_is_authenticated(const struct adit_session *s);
ADIT_API void adit_session_set_user_data(struct adit_session *s, void *user_data);
ADIT_API void *adit_session_user_data(const struct adit_session *s);
/* The peer's identification without CR LF; empty before it came. */
ADIT_API struct adit_span adit_session_peer_identification(const struct adit_session *s);
/* Starts a key exchange now, if none runs and the login is done. */
ADIT_API void adit_session_rekey(struct adit_session *s);
/*
 * Asks the peer for a sign of life now, if the login is done. When none comes
 * within `within_ms` the session ends; UINT64_MAX: as after the interval's own.
 */
ADIT_API void adit_session_ask_alive(struct adit_session *s, uint64_t within_ms);
/*
 * Tells a session that its peer was there at `at_ms`, which a driver that reads nothing, by its own
 * choice, has learnt elsewhere: that silence is not the peer's.
 */
ADIT_API void adit_session_heard(struct adit_session *s, uint64_t at_ms);
/* Whether a key exchange runs: it has its time, so the driver must go on reading. */
ADIT_API bool adit_session_is_exchanging(const struct adit_session *s);
/* The shortest round trip measured so far, in ms; UINT64_MAX: none yet. */
ADIT_API uint64_t adit_session_round_trip_ms(const struct adit_session *s);
/* The same in microseconds; UINT64_MAX: none yet, or the driver tells no such time. */
ADIT_API uint64_t adit_session_round_trip_us(const struct adit_session *s);
/* Whether a round trip is being measured: adit_session_tell_us() is of use. */
ADIT_API bool adit_session_measures(const struct adit_session *s);
/*
 * A finer time, for round trips alone: after output was sent, and before input is
 * handed in. It may begin anywhere but at 0, and never goes back.
 */
ADIT_API void adit_session_tell_us(struct adit_session *s, uint64_t now_us);

/* What was agreed, for the log. Static names; NULL before the first exchange. */
struct adit_agreement {
    const char *kex;
    const char *host_key;
    const char *cipher_c2s, *cipher_s2c;
    const char *mac_c2s, *mac_s2c; /* "<implicit>" with an AEAD */
    const char *compression_c2s, *compression_s2c;
    bool strict_kex;
};
ADIT_API const struct adit_agreement *adit_session_agreement(const struct adit_session *s);

/* ---- events -------------------------------------------------------------- */

enum adit_event_type {
    ADIT_EVENT_IDENTIFIED = 1, /* the peer's identification came: .text */
    ADIT_EVENT_HOST_KEY,       /* client: judge .host_key, then adit_session_host_key_verdict() */
    ADIT_EVENT_KEYS_CHANGED,   /* a key exchange is done; see adit_session_agreement() */
    ADIT_EVENT_BANNER,         /* client: .text */
    ADIT_EVENT_AUTH_NEEDED,    /* client: .auth_needed; answer with a try, or give up */
    ADIT_EVENT_AUTH_KEY_ACCEPTED, /* client: the server would take the key that was probed */
    ADIT_EVENT_AUTH_PROMPTS,  /* client: .auth_prompts; adit_session_auth_answers(), even of none */
    ADIT_EVENT_AUTH_REQUEST,  /* server: judge .auth_request, then adit_session_auth_verdict() */
    ADIT_EVENT_AUTHENTICATED, /* the login is done */
    ADIT_EVENT_CHANNEL_OPEN,  /* the peer asks for .open; accept or refuse .channel */
    ADIT_EVENT_CHANNEL_DENIED,    /* the peer asked for a channel of the type .data and got none,
                                    unasked: .text says why */
    ADIT_EVENT_CHANNEL_CONFIRMED, /* our channel is open */
    ADIT_EVENT_CHANNEL_REFUSED,   /* our channel was refused: .refused. The channel is gone after
                                    the next call of adit_session_next_event() */
    ADIT_EVENT_CHANNEL_DATA,      /* .data; give credit by adit_channel_consumed() */
    ADIT_EVENT_CHANNEL_WRITABLE,  /* adit_channel_reserve() has room again after it had none for
                                    want of window */
    ADIT_EVENT_CHANNEL_EOF,       /* the peer sends no more data */
    ADIT_EVENT_CHANNEL_CLOSED,    /* closed by both sides; .channel is gone after the next call of
                                    adit_session_next_event(). .aborted: without the peer's EOF */
    ADIT_EVENT_FORWARD_REQUEST,   /* server: listen for .forward; answer with
                                    adit_session_forward_verdict() */
    ADIT_EVENT_FORWARD_CANCEL,    /* server: stop listening for .forward; answer likewise */
    ADIT_EVENT_FORWARD_ANSWERED,  /* client: the server's answer to .forward: .forward.accepted */
    ADIT_EVENT_HOST_KEYS,         /* client: the server tells of all its host keys: .host_keys */
    ADIT_EVENT_HOST_KEYS_PROVED,  /* client: the answer about those of .host_keys that
                                    adit_session_prove_host_keys() was given */
    ADIT_EVENT_SENDING_RESUMED,   /* a key exchange that held up the channels is over */
    ADIT_EVENT_DEBUG,             /* SSH_MSG_DEBUG: .text, .always_display */
    ADIT_EVENT_ENDED,             /* the last event: adit_session_error() tells why */
};

struct adit_host_key_event {
    struct adit_span blob;
    const char *algorithm; /* the signature algorithm, static */
};

struct adit_auth_needed_event {
    struct adit_span can_continue; /* methods, comma-separated */
    bool partial_success;          /* the last try was good, but is not enough */
};

/* What keyboard-interactive asks (RFC 4256, 3.2): a round of prompts, perhaps of none. */
struct adit_auth_prompts_event {
    struct adit_span name;
    struct adit_span instruction;
    uint32_t prompt_count;
    struct adit_span prompts; /* taken by adit_auth_prompt_next() */
};

struct adit_auth_prompt {
    struct adit_span text;
    bool echo; /* what is typed may be seen */
};

/* The next prompt; false at the end. */
ADIT_API bool adit_auth_prompt_next(struct adit_span *prompts, struct adit_auth_prompt *prompt);

enum adit_auth_method {
    ADIT_AUTH_NONE,
    ADIT_AUTH_PUBLICKEY_PROBE, /* would this key do? No signature came; "yes" logs nobody in */
    ADIT_AUTH_PUBLICKEY,       /* the signature was verified */
    ADIT_AUTH_PASSWORD,
    ADIT_AUTH_INTERACTIVE, /* keyboard-interactive begins: adit_session_auth_ask(), or "no" */
    ADIT_AUTH_ANSWERS,     /* …and the answers to what was asked have come */
};

struct adit_auth_request_event {
    enum adit_auth_method method;
    struct adit_span user;
    struct adit_span key_blob; /* publickey */
    const char *algorithm;     /* publickey: the signature algorithm, static */
    struct adit_span password;
    uint32_t answer_count;
    struct adit_span answers; /* taken by adit_auth_answer_next() */
};

/* The next answer of ADIT_AUTH_ANSWERS; false at the end. */
ADIT_API bool adit_auth_answer_next(struct adit_span *answers, struct adit_span *answer);

enum adit_channel_type {
    ADIT_CHANNEL_DIRECT_TCPIP,
    ADIT_CHANNEL_FORWARDED_TCPIP,
    ADIT_CHANNEL_DIRECT_STREAMLOCAL, /* of OpenSSH's PROTOCOL, 2.4 */
    ADIT_CHANNEL_FORWARDED_STREAMLOCAL,
};

/*
 * direct-tcpip: host and port to connect to. forwarded-tcpip: the address and
 * port that were connected, as the client asked for them (RFC 4254, 7.2).
 * …-streamlocal@openssh.com: `host` is the path of a socket in the file system,
 * as the peer wrote it, and nothing else is there.
 */
struct adit_channel_open_event {
    enum adit_channel_type type;
    struct adit_span host;
    uint16_t port;
    struct adit_span originator;
    uint16_t originator_port;
};

struct adit_refused_event {
    uint32_t reason; /* SSH_OPEN_… (RFC 4254, 5.1) */
    struct adit_span text;
};

struct adit_forward_event {
    struct adit_span address; /* address_to_bind */
    bool is_path;             /* address is the path of a socket, and there are no ports */
    uint16_t port;            /* asked for; in an answer, the port that listens */
    uint16_t asked_port;      /* in an answer */
    bool accepted;            /* in an answer */
    void *user_data;          /* in an answer: what adit_session_forward() was given */
};

#define ADIT_HOST_KEY_LIST_MAX 32

struct adit_host_keys_event {
    struct adit_span blobs; /* taken by adit_host_key_next() */
    bool proved;            /* the server has shown that it has them all */
};

/* The next public key; false at the end. */
ADIT_API bool adit_host_key_next(struct adit_span *blobs, struct adit_span *blob);

struct adit_event {
    enum adit_event_type type;
    struct adit_channel *channel;
    struct adit_span data;
    struct adit_span text;
    bool aborted;
    bool always_display;
    union {
        struct adit_host_key_event host_key;
        struct adit_auth_needed_event auth_needed;
        struct adit_auth_prompts_event auth_prompts;
        struct adit_auth_request_event auth_request;
        struct adit_channel_open_event open;
        struct adit_refused_event refused;
        struct adit_forward_event forward;
        struct adit_host_keys_event host_keys;
    };
};

/* The next event, or false when there is none for now. */
ADIT_API bool adit_session_next_event(struct adit_session *s, struct adit_event *event);

/* ---- answers about the key and the login ---------------------------------- */

/* Client: whether the host key of ADIT_EVENT_HOST_KEY is the right one. */
ADIT_API void adit_session_host_key_verdict(struct adit_session *s, bool accepted);

/*
 * Client, after ADIT_EVENT_AUTH_NEEDED (or AUTH_KEY_ACCEPTED): one try. Its
 * outcome is AUTHENTICATED, AUTH_NEEDED again, or AUTH_KEY_ACCEPTED after a
 * probe. UNSUPPORTED: no signature algorithm for this key that both sides take.
 */
ADIT_API ADIT_MUST_USE enum adit_err adit_session_auth_probe(struct adit_session *s,
                                                             const struct adit_key *key);
ADIT_API ADIT_MUST_USE enum adit_err adit_session_auth_publickey(struct adit_session *s,
                                                                 const struct adit_key *key);
/* The same for a blob: a public key whose private half is elsewhere, or a certificate. */
ADIT_API ADIT_MUST_USE enum adit_err adit_session_auth_probe_blob(struct adit_session *s,
                                                                  struct adit_span blob);
/* With a certificate instead of the plain key, which has its private half. */
ADIT_API ADIT_MUST_USE enum adit_err adit_session_auth_certificate(struct adit_session *s,
                                                                   const struct adit_key *key,
                                                                   struct adit_span certificate);

/*
 * A login with a private key that is elsewhere, in two steps: what is to be
 * signed is asked for here, and the signature, which may take its time, is
 * given to adit_session_auth_signature(), or another try is made. That one is
 * SIGNATURE when it is not of the algorithm.
 */
struct adit_auth_challenge {
    const char *algorithm; /* of the signature: "rsa-sha2-512"; static */
    struct adit_span data; /* borrowed until the next try */
};
ADIT_API ADIT_MUST_USE enum adit_err adit_session_auth_challenge(struct adit_session *s,
                                                                 struct adit_span blob,
                                                                 struct adit_auth_challenge *out);
ADIT_API ADIT_MUST_USE enum adit_err adit_session_auth_signature(struct adit_session *s,
                                                                 struct adit_span signature);
/*
 * The bytes are wiped from the session once they are sent; but where plain
 * "zlib" was agreed on, the memory of the compression keeps them longer.
 */
ADIT_API ADIT_MUST_USE enum adit_err adit_session_auth_password(struct adit_session *s,
                                                                const char *password);

/*
 * keyboard-interactive: its outcome is AUTH_PROMPTS, or that of any try. Each
 * round is answered with as many answers as it had prompts; another try gives
 * it up. USAGE: another number of answers. The bytes are wiped as a password's are.
 */
ADIT_API ADIT_MUST_USE enum adit_err adit_session_auth_interactive(struct adit_session *s);
ADIT_API ADIT_MUST_USE enum adit_err adit_session_auth_answers(struct adit_session *s,
                                                               const char *const *answers,
                                                               uint32_t count);

enum adit_verdict {
    ADIT_VERDICT_NO,
    ADIT_VERDICT_YES,
    ADIT_VERDICT_PARTIAL, /* good, but another method is needed too */
};

/*
 * Server: the answer to ADIT_EVENT_AUTH_REQUEST. `can_continue` is for NO and
 * PARTIAL; NULL: what the settings offer. YES becomes a partial success where
 * `auth_methods` of the settings wants more.
 */
ADIT_API void adit_session_auth_verdict(struct adit_session *s, enum adit_verdict verdict,
                                        const char *can_continue);

/*
 * Server: instead of a verdict about ADIT_AUTH_INTERACTIVE or ADIT_AUTH_ANSWERS,
 * a round of prompts; the answers are put to judgement as ADIT_AUTH_ANSWERS.
 */
ADIT_API void adit_session_auth_ask(struct adit_session *s, const char *name,
                                    const char *instruction, const struct adit_auth_prompt *prompts,
                                    uint32_t count);

/* ---- forwards (RFC 4254, 7.1) ---------------------------------------------- */

/*
 * Client: asks the server to listen (`cancel` false) or to stop. An address that
 * begins with a slash is the path of a socket (streamlocal-forward@openssh.com),
 * with port 0. The answer is ADIT_EVENT_FORWARD_ANSWERED with `user_data`.
 * LIMIT, USAGE before the login.
 */
ADIT_API ADIT_MUST_USE enum adit_err adit_session_forward(struct adit_session *s,
                                                          const char *address, uint16_t port,
                                                          bool cancel, void *user_data);

/*
 * Server: the answer to the oldest FORWARD_REQUEST or FORWARD_CANCEL that has
 * none; they are answered in their order. `port` is the one that listens.
 */
ADIT_API void adit_session_forward_verdict(struct adit_session *s, bool accepted, uint16_t port);

/* After the login: a sentence for the peer's user, as SSH_MSG_DEBUG (RFC 4253, 11.3). */
ADIT_API void adit_session_tell_user(struct adit_session *s, const char *text);

/*
 * While low delay is wanted, each channel keeps little on its way: about what
 * keeps it moving, and no whole window. Somebody's question waits behind that.
 * When it is no more wanted, a channel that had no room may have some again
 * without ADIT_EVENT_CHANNEL_WRITABLE.
 */
ADIT_API void adit_session_set_low_delay(struct adit_session *s, bool low_delay);

/*
 * Client, after ADIT_EVENT_HOST_KEYS: has the server prove that it has some of
 * these keys (hostkeys-prove-00@openssh.com). The answer is
 * ADIT_EVENT_HOST_KEYS_PROVED. USAGE: none or too many, or before the login.
 */
ADIT_API ADIT_MUST_USE enum adit_err adit_session_prove_host_keys(struct adit_session *s,
                                                                  const struct adit_span *blobs,
                                                                  size_t count);

/* Client: no-more-sessions@openssh.com, for servers that know it. */
ADIT_API void adit_session_no_more_sessions(struct adit_session *s);

/* ---- channels (RFC 4254, 5) ------------------------------------------------ */

/*
 * Asks the peer for a channel. On success the session owns it and *out borrows
 * it until ADIT_EVENT_CHANNEL_CLOSED or _REFUSED; on error *out is NULL and the
 * session is as before. LIMIT: too many channels; USAGE: not logged in.
 */
ADIT_API ADIT_MUST_USE enum adit_err adit_session_open_channel(
    struct adit_session *s, const struct adit_channel_open_event *open, void *user_data,
    struct adit_channel **out);

/* The answer to ADIT_EVENT_CHANNEL_OPEN, now or later. */
ADIT_API void adit_channel_accept(struct adit_channel *channel);
/* `reason` is SSH_OPEN_… (RFC 4254, 5.1). The channel is gone when this returns. */
ADIT_API void adit_channel_refuse(struct adit_channel *channel, uint32_t reason, const char *text);

ADIT_API void adit_channel_set_user_data(struct adit_channel *channel, void *user_data);
ADIT_API void *adit_channel_user_data(const struct adit_channel *channel);
ADIT_API struct adit_session *adit_channel_session(const struct adit_channel *channel);

/* A gap in a packet under construction: read the socket straight into it. */
struct adit_room {
    uint8_t *data;
    size_t len;
};

/*
 * Makes room for at most `want` bytes of data in packets at the end of the
 * output, as at most `max` gaps; returns how many gaps. 0: the channel may not
 * send now: its window is closed (ADIT_EVENT_CHANNEL_WRITABLE will come), a key
 * exchange runs (ADIT_EVENT_SENDING_RESUMED will come), the output is full
 * (until some of it was sent), its EOF was sent or it is not open.
 * The gaps stand until adit_channel_commit(), which must be the next call on
 * this session.
 */
ADIT_API size_t adit_channel_reserve(struct adit_channel *channel, size_t want,
                                     struct adit_room *rooms, size_t max);
/* `len` bytes were put into the gaps, in order; 0 gives the room back. */
ADIT_API void adit_channel_commit(struct adit_channel *channel, size_t len);
/*
 * Sends a few bytes, such as the words of a proxy's protocol: at once and whole,
 * or not at all (false) while the window is too small; ADIT_EVENT_CHANNEL_WRITABLE
 * will come. Not between a reservation and its commit.
 */
ADIT_API bool adit_channel_say(struct adit_channel *channel, struct adit_span bytes);
/* Bytes that the window lets go now, low delay included. */
ADIT_API size_t adit_channel_window(const struct adit_channel *channel);

/*
 * `len` bytes of CHANNEL_DATA have really been taken by their target: credit
 * for them goes back to the peer. Never more than came.
 */
ADIT_API void adit_channel_consumed(struct adit_channel *channel, size_t len);

/* No more data from us. */
ADIT_API void adit_channel_send_eof(struct adit_channel *channel);
/*
 * We are done with the channel: SSH_MSG_CHANNEL_CLOSE. Without an EOF before it
 * that means "aborted". ADIT_EVENT_CHANNEL_CLOSED follows when the peer's came;
 * no other event of this channel does.
 */
ADIT_API void adit_channel_close(struct adit_channel *channel);

#ifdef __cplusplus
}
#endif

#endif
