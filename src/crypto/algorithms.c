/* SPDX-License-Identifier: BSD-2-Clause */
#include "crypto/algorithms.h"

#define KEX                                                                                        \
    "curve25519-sha256,curve25519-sha256@libssh.org,"                                              \
    "ecdh-sha2-nistp256,ecdh-sha2-nistp384,ecdh-sha2-nistp521,"                                    \
    "diffie-hellman-group16-sha512,diffie-hellman-group18-sha512,diffie-hellman-group14-sha256"
#define HOST_KEYS                                                                                  \
    "ssh-ed25519,ecdsa-sha2-nistp256,ecdsa-sha2-nistp384,ecdsa-sha2-nistp521,"                     \
    "rsa-sha2-512,rsa-sha2-256"
#define GCM    "aes128-gcm@openssh.com,aes256-gcm@openssh.com"
#define CHACHA "chacha20-poly1305@openssh.com"
#define CTR    "aes128-ctr,aes192-ctr,aes256-ctr"
#define MACS                                                                                       \
    "hmac-sha2-256-etm@openssh.com,hmac-sha2-512-etm@openssh.com,hmac-sha2-256,hmac-sha2-512"

static const struct {
    const char *supported;
    const char *with_aes;
    const char *without_aes;
} lists[ADIT_ALGORITHM_KINDS] = {
    [ADIT_ALGORITHM_KEX] = { KEX, KEX, KEX },
    [ADIT_ALGORITHM_HOST_KEY] = { HOST_KEYS, HOST_KEYS, HOST_KEYS },
    [ADIT_ALGORITHM_CIPHER] = { GCM "," CHACHA "," CTR, GCM "," CHACHA "," CTR,
                                CHACHA "," GCM "," CTR },
    [ADIT_ALGORITHM_MAC] = { MACS, MACS, MACS },
    [ADIT_ALGORITHM_COMPRESSION] = { "none,zlib@openssh.com", "none", "none" },
};

const char *adit_algorithms_supported(enum adit_algorithm_kind kind)
{
    return lists[kind].supported;
}

const char *adit_algorithms_default(enum adit_algorithm_kind kind, bool has_aes)
{
    return has_aes ? lists[kind].with_aes : lists[kind].without_aes;
}
