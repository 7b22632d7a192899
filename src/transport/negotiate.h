/* SPDX-License-Identifier: BSD-2-Clause */
/* From two KEXINITs to one set of algorithms (RFC 4253, 7.1). A pure function. */
#ifndef ADIT_TRANSPORT_NEGOTIATE_H
#define ADIT_TRANSPORT_NEGOTIATE_H

#include "crypto/cipher.h"
#include "crypto/kex_method.h"
#include "crypto/pkey.h"
#include "wire/transport_messages.h"

#define ADIT_STRICT_KEX_CLIENT "kex-strict-c-v00@openssh.com"
#define ADIT_STRICT_KEX_SERVER "kex-strict-s-v00@openssh.com"
#define ADIT_EXT_INFO_CLIENT   "ext-info-c"
#define ADIT_EXT_INFO_SERVER   "ext-info-s"

/* zlib's format all of them, but for NONE. */
enum adit_compression {
    ADIT_COMPRESS_NONE,
    ADIT_COMPRESS_AFTER_LOGIN, /* "zlib@openssh.com" */
    ADIT_COMPRESS_AT_ONCE,     /* "zlib" (RFC 4253, 6.2), with the first keys */
};

struct adit_negotiated {
    const struct adit_kex_algorithm *kex;
    const struct adit_signature_algorithm *host_key;
    const struct adit_cipher_algorithm *cipher_c2s, *cipher_s2c;
    const struct adit_mac_algorithm *mac_c2s, *mac_s2c; /* NULL with an AEAD */
    enum adit_compression compression_c2s, compression_s2c;
    bool guess_wrong; /* the peer sent a guessed packet that is to be passed over */
};

/*
 * The first name of the client's that the server has too, list by list. On
 * NO_AGREEMENT `*failed_list` is the list without one.
 */
ADIT_MUST_USE enum adit_err adit_negotiate(const struct adit_msg_kexinit *client,
                                           const struct adit_msg_kexinit *server,
                                           bool peer_is_client, struct adit_negotiated *out,
                                           enum adit_kexinit_list *failed_list);

const char *adit_compression_name(enum adit_compression compression);

/* "key exchange", "host key", … for the error's sentence. */
const char *adit_kexinit_list_text(enum adit_kexinit_list list);

/* What would have helped: the keyword that sets the list, and a name of the peer's to add there. */
struct adit_remedy {
    const char *keyword;   /* NULL: no keyword does */
    struct adit_span name; /* borrowed from `peer`; empty: all of them are unknown here */
};
struct adit_remedy adit_negotiate_remedy(const struct adit_msg_kexinit *peer,
                                         enum adit_kexinit_list list);

#endif
