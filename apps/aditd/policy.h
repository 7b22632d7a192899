/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a login may open and where it may listen: pure functions over the
 * configuration and the options of the key that signed. Closed by default;
 * every refusal names the line that would allow it.
 */
#ifndef ADITD_POLICY_H
#define ADITD_POLICY_H

#include "config/sshd_config.h"

#define ADIT_POLICY_TEXT_SIZE 512

/* Everything in it is borrowed. */
struct adit_policy {
    bool open_forbidden; /* AllowTcpForwarding */
    bool listen_forbidden;
    bool open_path_forbidden; /* AllowStreamLocalForwarding */
    bool listen_path_forbidden;
    bool open_by_default; /* SshdDefaults: without lists all is allowed, as with sshd */
    bool is_try;          /* --try: the lists are the program's own */
    enum adit_gateway_ports gateway_ports;
    const struct adit_permit_list *open;   /* PermitOpen; NULL: there is no such line */
    const struct adit_permit_list *listen; /* PermitListen */
    const struct adit_key_options *key;    /* NULL: the login used no key */
};

/* What the configuration says; `is_try` and `key` are left to the caller. */
struct adit_policy adit_policy_of(const struct adit_sshd_config *config);

/*
 * Whether host:port may be opened. `address` is NULL before the name has been
 * looked up; a permit that names an address then lets the look-up go on, and
 * the call with each address found decides. A refusal is put into `text`.
 */
bool adit_policy_may_open(const struct adit_policy *policy, const char *host, uint16_t port,
                          const char *address, char text[static ADIT_POLICY_TEXT_SIZE]);

/* Whether tcpip-forward of `address` (as asked) and `port` is allowed; 0 is any free port. */
bool adit_policy_may_listen(const struct adit_policy *policy, const char *address, uint16_t port,
                            char text[static ADIT_POLICY_TEXT_SIZE]);

/*
 * The same for the path of a socket in the file system. Nothing is allowed by
 * default, under SshdDefaults neither, and "any" is of ports only: the gateway
 * opens sockets with its own rights, so a permit must name the path.
 */
bool adit_policy_may_open_path(const struct adit_policy *policy, const char *path,
                               char text[static ADIT_POLICY_TEXT_SIZE]);
bool adit_policy_may_listen_path(const struct adit_policy *policy, const char *path,
                                 char text[static ADIT_POLICY_TEXT_SIZE]);

/*
 * The address to bind for one that was asked for, as struct
 * adit_listen_settings takes it: NULL for loopback, "" for all.
 */
const char *adit_policy_bind_address(enum adit_gateway_ports rule, const char *asked);

/* "host:port", "[v6]:port", "*:port" for an empty host, made printable. */
const char *adit_policy_target(const char *host, uint16_t port, char *out, size_t size);

#endif
