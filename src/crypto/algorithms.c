/* SPDX-License-Identifier: BSD-2-Clause */
#include "crypto/algorithms.h"

#define KEX_HYBRIDS                                                                                \
    "mlkem768x25519-sha256,sntrup761x25519-sha512,sntrup761x25519-sha512@openssh.com"
#define KEX_CURVES                                                                                 \
    "curve25519-sha256,curve25519-sha256@libssh.org,"                                              \
    "ecdh-sha2-nistp256,ecdh-sha2-nistp384,ecdh-sha2-nistp521"
#define KEX_GROUPS                                                                                 \
    "diffie-hellman-group16-sha512,diffie-hellman-group18-sha512,diffie-hellman-group14-sha256,"   \
    "diffie-hellman-group-exchange-sha256"
#define KEX_SERVER KEX_HYBRIDS "," KEX_CURVES
#define KEX        KEX_SERVER "," KEX_GROUPS
#define HOST_KEYS                                                                                  \
    "ssh-ed25519,ecdsa-sha2-nistp256,ecdsa-sha2-nistp384,ecdsa-sha2-nistp521,"                     \
    "rsa-sha2-512,rsa-sha2-256"
#define CERTIFICATES                                                                               \
    "ssh-ed25519-cert-v01@openssh.com,ecdsa-sha2-nistp256-cert-v01@openssh.com,"                   \
    "ecdsa-sha2-nistp384-cert-v01@openssh.com,ecdsa-sha2-nistp521-cert-v01@openssh.com,"           \
    "rsa-sha2-512-cert-v01@openssh.com,rsa-sha2-256-cert-v01@openssh.com"
#define USER_KEYS                                                                                  \
    CERTIFICATES ",sk-ssh-ed25519-cert-v01@openssh.com,"                                           \
                 "sk-ecdsa-sha2-nistp256-cert-v01@openssh.com," HOST_KEYS                          \
                 ",sk-ssh-ed25519@openssh.com,sk-ecdsa-sha2-nistp256@openssh.com"
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
    [ADIT_ALGORITHM_HOST_KEY] = { CERTIFICATES "," HOST_KEYS, HOST_KEYS, HOST_KEYS },
    [ADIT_ALGORITHM_USER_KEY] = { USER_KEYS, USER_KEYS, USER_KEYS },
    [ADIT_ALGORITHM_CIPHER] = { GCM "," CHACHA "," CTR, GCM "," CHACHA "," CTR,
                                CHACHA "," GCM "," CTR },
    [ADIT_ALGORITHM_MAC] = { MACS, MACS, MACS },
    [ADIT_ALGORITHM_COMPRESSION] = { "none,zlib@openssh.com", "none", "none" },
    [ADIT_ALGORITHM_CA_SIGNATURE] = { HOST_KEYS, HOST_KEYS, HOST_KEYS },
    /* In a group, asking costs next to nothing and answering does not (decision 0006). */
    [ADIT_ALGORITHM_SERVER_KEX] = { KEX, KEX_SERVER, KEX_SERVER },
};

const char *adit_algorithms_supported(enum adit_algorithm_kind kind)
{
    return lists[kind].supported;
}

const char *adit_algorithms_default(enum adit_algorithm_kind kind, bool has_aes)
{
    return has_aes ? lists[kind].with_aes : lists[kind].without_aes;
}
