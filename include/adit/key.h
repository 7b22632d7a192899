/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Keys: a public key, or a private key with its public half. Immutable once
 * made; may be read from several threads. Secrets are wiped by adit_key_free().
 */
#ifndef ADIT_KEY_H
#define ADIT_KEY_H

#include "adit/err.h"

#ifdef __cplusplus
extern "C" {
#endif

struct adit_key;

enum adit_key_type {
    ADIT_KEY_ED25519,
    ADIT_KEY_ECDSA_P256,
    ADIT_KEY_ECDSA_P384,
    ADIT_KEY_ECDSA_P521,
    ADIT_KEY_RSA,
    ADIT_KEY_SK_ED25519, /* in a hardware token: only an agent signs with these */
    ADIT_KEY_SK_ECDSA_P256,
};

/* Whether known_hosts follows what a host that is known there tells of its keys. */
enum adit_update_host_keys { ADIT_UPDATE_NO, ADIT_UPDATE_YES, ADIT_UPDATE_ASK };

/* Which keys of files an ssh-agent gets when a login is made with them. */
enum adit_add_keys {
    ADIT_ADD_KEYS_NO,
    ADIT_ADD_KEYS_YES,
    ADIT_ADD_KEYS_ASK,     /* the user is asked first */
    ADIT_ADD_KEYS_CONFIRM, /* the agent is to ask before each use */
};

/* What is done about a host key that is not in known_hosts. */
enum adit_host_key_policy {
    ADIT_HOST_KEY_STRICT,     /* unknown keys are refused */
    ADIT_HOST_KEY_ASK,        /* …are shown to the prompt callback */
    ADIT_HOST_KEY_ACCEPT_NEW, /* …are taken and written down; a changed one is refused */
    ADIT_HOST_KEY_OFF,        /* every key is taken (StrictHostKeyChecking=no): a changed one
                                 with a warning, and then without passwords */
};

/* "SHA256:" and 43 letters, with its NUL. */
#define ADIT_FINGERPRINT_SIZE 51

/* "MD5:" and 16 bytes as hex digits with colons between, with its NUL. */
#define ADIT_FINGERPRINT_MD5_SIZE 52

enum adit_key_format {
    ADIT_KEY_FORMAT_OPENSSH,    /* private: "BEGIN OPENSSH PRIVATE KEY" */
    ADIT_KEY_FORMAT_PEM,        /* private: PKCS#1 for RSA, SEC1 for ECDSA; none for ed25519 */
    ADIT_KEY_FORMAT_PKCS8,      /* private: "BEGIN PRIVATE KEY", "BEGIN ENCRYPTED PRIVATE KEY" */
    ADIT_KEY_FORMAT_PPK2,       /* private: PuTTY's, to 0.74 */
    ADIT_KEY_FORMAT_PPK3,       /* private: PuTTY's, since 0.75 */
    ADIT_KEY_FORMAT_PUBLIC,     /* public: a line "ssh-ed25519 AAAA… comment" */
    ADIT_KEY_FORMAT_RFC4716,    /* public: "---- BEGIN SSH2 PUBLIC KEY ----" */
    ADIT_KEY_FORMAT_PEM_PUBLIC, /* public: "BEGIN PUBLIC KEY", "BEGIN RSA PUBLIC KEY"; only read */
};

/* Whether a text of this format holds the private half. */
ADIT_API bool adit_key_format_is_private(enum adit_key_format format);

#define ADIT_KEY_ENCRYPTION_SIZE 64

/* What can be said of the text of a key file without its passphrase. */
struct adit_key_description {
    enum adit_key_format format;
    bool is_encrypted;
    char encryption[ADIT_KEY_ENCRYPTION_SIZE]; /* "aes256-ctr, bcrypt"; "" where it is not told */
};

/*
 * Tells a text's format, by its content alone, and, unless `public_half` is
 * NULL, its public key with the comment. Of an encrypted file that is what it
 * says outside, which nothing vouches for until it is read with its passphrase;
 * encrypted PEM and PKCS#8 say nothing, and then *public_half is NULL.
 * FORMAT, UNSUPPORTED, LIMIT as below.
 */
ADIT_API ADIT_MUST_USE enum adit_err adit_key_describe(struct adit_span text,
                                                       struct adit_key_description *out,
                                                       struct adit_key **public_half);

/*
 * Reads a private key from the text of a key file, whose format is told by its
 * content. `passphrase` may be NULL.
 * FORMAT: no key, or broken. PASSPHRASE: encrypted, and the passphrase is
 * missing or wrong. UNSUPPORTED: a kind of key or encryption that is not known
 * here. LIMIT: an RSA key under 2048 or over 16384 bits, a text over 1 MiB, or a
 * passphrase that would cost more than seconds of work: more than 1024 rounds of
 * bcrypt, 5,000,000 of PBKDF2, Argon2 with more than 512 MiB of memory or 8 GiB
 * times passes, scrypt with more than 32 MiB or an N times r times p over 2^23.
 */
ADIT_API ADIT_MUST_USE enum adit_err adit_key_read_private(struct adit_span text,
                                                           const char *passphrase,
                                                           struct adit_key **out);

/* Why a key file is not read: adit_err_text(), in words that are about key files. */
ADIT_API const char *adit_key_err_text(enum adit_err err);

/*
 * Reads a public key file: one line, "ssh-ed25519 AAAA… comment", the lines of
 * RFC 4716, or PEM. FORMAT, UNSUPPORTED, LIMIT as above. What is no key that can
 * be used here, such as a certificate, is adit_public_key_read()'s to tell.
 */
ADIT_API ADIT_MUST_USE enum adit_err adit_key_read_public(struct adit_span text,
                                                          struct adit_key **out);

/* Makes a key from a public key blob (RFC 4253, 6.6). MALFORMED, UNSUPPORTED, LIMIT. */
ADIT_API ADIT_MUST_USE enum adit_err adit_key_from_blob(struct adit_span blob,
                                                        struct adit_key **out);

/*
 * A new key pair. `bits` is for RSA only: 2048 to 16384, 0 for 3072. LIMIT,
 * CRYPTO; UNSUPPORTED: a type of hardware tokens.
 */
ADIT_API ADIT_MUST_USE enum adit_err adit_key_generate(enum adit_key_type type, unsigned bits,
                                                       const char *comment, struct adit_key **out);

ADIT_API void adit_key_free(struct adit_key *key);

ADIT_API enum adit_key_type adit_key_type(const struct adit_key *key);
ADIT_API unsigned adit_key_bits(const struct adit_key *key);
ADIT_API bool adit_key_is_private(const struct adit_key *key);
/* The name in its blob: "ssh-ed25519", "ecdsa-sha2-nistp256", "ssh-rsa". Static. */
ADIT_API const char *adit_key_name(const struct adit_key *key);
/* The comment, "" when there is none. Lives as long as the key. Not made safe to show. */
ADIT_API const char *adit_key_comment(const struct adit_key *key);
/* The comment in a form that is safe on a terminal and in a log; returns `out`, cut to `size`. */
ADIT_API const char *adit_key_comment_printable(const struct adit_key *key, char *out, size_t size);
/* The public key blob (RFC 4253, 6.6). Lives as long as the key. */
ADIT_API struct adit_span adit_key_blob(const struct adit_key *key);
/* "SHA256:…" as ssh-keygen -l shows it. */
ADIT_API void adit_key_fingerprint(const struct adit_key *key, char out[ADIT_FINGERPRINT_SIZE]);
/* "MD5:…" as ssh-keygen -l -E md5 shows it: for comparison with old notes only. */
ADIT_API void adit_key_fingerprint_md5(const struct adit_key *key,
                                       char out[ADIT_FINGERPRINT_MD5_SIZE]);
/* The SHA256 of a blob that need not be a key that is known here. */
ADIT_API void adit_blob_fingerprint(struct adit_span blob, char out[ADIT_FINGERPRINT_SIZE]);

/*
 * The private key as an OpenSSH key file without passphrase, and the public
 * one as a line of a .pub file with its newline. `*out` is NUL-terminated and
 * goes back with adit_key_text_free(), which wipes it.
 */
ADIT_API ADIT_MUST_USE enum adit_err adit_key_write_private(const struct adit_key *key, char **out);
ADIT_API ADIT_MUST_USE enum adit_err adit_key_write_public(const struct adit_key *key, char **out);

/* How a key is written. */
struct adit_key_writing {
    enum adit_key_format format;
    const char *passphrase; /* NULL or "": not encrypted. Public formats take none. */
    const char *comment;    /* in the place of the key's own, which NULL means */
};

/*
 * The key in a format; of a private key, the public formats write its public
 * half. A comment ends at its first line break; PEM and PKCS#8 hold none.
 * USAGE: a public key in a private format, a passphrase for a public one, or a
 * format that is only read.
 * UNSUPPORTED: the format has no form for this type of key. `*out` as above.
 */
ADIT_API ADIT_MUST_USE enum adit_err adit_key_write(const struct adit_key *key,
                                                    const struct adit_key_writing *how, char **out);

/* What a line of authorized_keys lets its key do. Nothing but forwarding, in any case. */
struct adit_key_permits {
    const char *const *listen; /* "[host:]port"; the port may be "*" */
    size_t listen_count;       /* 0: not restricted by this line */
    const char *const *open;   /* "host:port"; either may be "*" */
    size_t open_count;         /* 0: not restricted by this line */
    const char *from;          /* addresses and networks, comma-separated; NULL: from anywhere */
    const char *expires;       /* YYYYMMDD[HHMM[SS]][Z]; NULL: never */
};

#define ADIT_KEY_PERMITS_WHY_SIZE 128

/*
 * A line of authorized_keys with its newline. FORMAT: a value is none that sshd
 * and aditd take; `why` says which one. `comment` NULL: the key's own. `*out` as
 * above.
 */
ADIT_API ADIT_MUST_USE enum adit_err adit_key_write_authorized(
    const struct adit_key *key, const struct adit_key_permits *permits, const char *comment,
    char **out, char why[ADIT_KEY_PERMITS_WHY_SIZE]);

/* Frees what the functions above wrote, having wiped it. */
ADIT_API void adit_key_text_free(char *text);

#ifdef __cplusplus
}
#endif

#endif
