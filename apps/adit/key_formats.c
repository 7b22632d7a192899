/* SPDX-License-Identifier: BSD-2-Clause */
#include "key_formats.h"

#include <string.h>

/* clang-format off */
static const struct adit_key_format_words table[] = {
    [ADIT_KEY_FORMAT_OPENSSH] = { "openssh", "OpenSSH's format", "OpenSSH 6.5 and later, adit, aditd; puttygen imports it" },
    [ADIT_KEY_FORMAT_PEM]     = { "pem",     "PEM (PKCS#1, SEC1)", "OpenSSH, OpenSSL, adit, aditd; puttygen imports it" },
    [ADIT_KEY_FORMAT_PKCS8]   = { "pkcs8",   "PKCS#8", "OpenSSL, OpenSSH (ed25519: 9.6 and later), adit, aditd; not PuTTY" },
    [ADIT_KEY_FORMAT_PPK2]    = { "ppk2",    "PuTTY's format, version 2", "PuTTY, plink, WinSCP, adit, aditd; not OpenSSH" },
    [ADIT_KEY_FORMAT_PPK3]    = { "ppk3",    "PuTTY's format, version 3", "PuTTY and plink 0.75 and later, adit, aditd; not OpenSSH" },
    [ADIT_KEY_FORMAT_PUBLIC]  = { "public",  "a line as OpenSSH has it", "OpenSSH, aditd (authorized_keys, known_hosts), adit; puttygen imports it" },
    [ADIT_KEY_FORMAT_RFC4716] = { "rfc4716", "RFC 4716", "puttygen, ssh-keygen -i, adit; not authorized_keys" },
    [ADIT_KEY_FORMAT_PEM_PUBLIC] = { "pem", "PEM", "OpenSSL, ssh-keygen -i, adit; not authorized_keys" },
};
/* clang-format on */

enum { FORMAT_COUNT = sizeof table / sizeof table[0] };

const struct adit_key_format_words *adit_key_format_words(enum adit_key_format format)
{
    return &table[format];
}

bool adit_key_format_find(const char *name, enum adit_key_format *out)
{
    *out = ADIT_KEY_FORMAT_PPK3;
    if (strcmp(name, "ppk") == 0)
        return true;
    for (size_t i = 0; i < FORMAT_COUNT; i++) {
        *out = (enum adit_key_format)i;
        if (strcmp(name, table[i].name) == 0)
            return true;
    }
    return false;
}
