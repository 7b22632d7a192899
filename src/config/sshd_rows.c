/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * THE table of the gateway's keywords, those of sshd_config(5) and our own.
 * A setting about what the gateway does not have (shells, X11, PAM) is refused,
 * or passed over under SshdDefaults; one that would let in fewer than we would
 * is refused always.
 */
#include "config/sshd_rows.h"

#include "base/span.h"
#include "config/algorithm_list.h"
#include "config/values.h"

enum { LIST_MAX = 1024, PORTS_MAX = 64, WORKERS_MAX = 256 };

static const struct adit_value_name forwarding_choices[] = {
    { "yes", ADIT_FORWARDING_ALL },     { "no", ADIT_FORWARDING_NO },
    { "local", ADIT_FORWARDING_LOCAL }, { "remote", ADIT_FORWARDING_REMOTE },
    { "all", ADIT_FORWARDING_ALL },     { NULL, 0 },
};

static const struct adit_value_name gateway_ports_choices[] = {
    { "no", ADIT_GATEWAY_PORTS_NO },
    { "yes", ADIT_GATEWAY_PORTS_YES },
    { "clientspecified", ADIT_GATEWAY_PORTS_CLIENTSPECIFIED },
    { NULL, 0 },
};

/* zlib@openssh.com begins after the login, and no other one is known here. */
static const struct adit_value_name compression_choices[] = {
    { "yes", true },
    { "no", false },
    { "delayed", true },
    { NULL, 0 },
};

/* adit_value_rekey stores both at once. */
_Static_assert(offsetof(struct adit_sshd_config, rekey_ms) ==
                   offsetof(struct adit_sshd_config, rekey_bytes) + sizeof(uint64_t),
               "the two limits stand side by side");

/* clang-format off */
#define AT(member)          .offset = offsetof(struct adit_sshd_config, member)
#define FLAG(word, member)  { .name = (word), .kind = &adit_value_flag, AT(member) }
#define TEXT(word, member)  { .name = (word), .kind = &adit_value_text, AT(member), \
                              .flags = ADIT_KEYWORD_NONE }
#define TIME(word, member)  { .name = (word), .kind = &adit_value_time, AT(member) }
#define COUNT(word, member) { .name = (word), .kind = &adit_value_number, AT(member) }
#define ALIAS(word, of)     { .name = (word), .alias = (of) }
#define IGNORED(word)       { .name = (word), .flags = ADIT_KEYWORD_IGNORED }
#define ENUM(word, member, list) \
    { .name = (word), .kind = &adit_value_enum, AT(member), .names = (list) }
#define NAMES(word, member, list) \
    { .name = (word), .kind = &adit_value_algorithms, AT(algorithms.member), .max = (list) }
#define LIST(word, member, how) \
    { .name = (word), .kind = &adit_value_list, AT(member), .max = LIST_MAX, .flags = (how) }
/* What we do not have. */
#define LACKING(word, values, sentence) \
    { .name = (word), .flags = ADIT_KEYWORD_REFUSED | ADIT_KEYWORD_SOFTENED, \
      .harmless = (values), .why = (sentence) }
/* What somebody would rely on. */
#define REFUSED(word, values) \
    { .name = (word), .flags = ADIT_KEYWORD_REFUSED, .harmless = (values), \
      .why = "is not supported, and to pass over it would let in more than was meant" }

static const char no_shell[] = "is not supported: the gateway never starts a shell";
static const char no_x11[] = "is not supported: the gateway forwards TCP only, not X11";
static const char no_agent[] = "is not supported: the gateway forwards TCP only, not agents";
static const char no_pam[] = "is not supported: the gateway does not use PAM";
static const char no_accounts[] = "is not supported: the gateway has no system accounts";
static const char no_gssapi[] = "is not supported: the gateway does not use GSSAPI or Kerberos";
static const char no_method[] = "is not supported: logins are by public key or password";
static const char no_tunnel[] = "is not supported: the gateway has no tun devices";
static const char no_principals_file[] = "is not supported: principals are named by the line of the authority";

const struct adit_keyword adit_sshd_rows[] = {
    /* First, so that what is printed reads back with the same defaults. */
    FLAG("SshdDefaults", sshd_defaults),
    { .name = "Port", .kind = &adit_value_ports, AT(ports), .max = PORTS_MAX,
      .flags = ADIT_KEYWORD_ADDS },
    { .name = "ListenAddress", .kind = &adit_value_listen_address, .flags = ADIT_KEYWORD_ADDS },
    ENUM("AddressFamily", address_family, adit_names_family),
    LIST("HostKey", host_keys, ADIT_KEYWORD_ADDS),
    LIST("HostCertificate", host_certificates, ADIT_KEYWORD_ADDS | ADIT_KEYWORD_NONE),

    { .name = "AuthorizedKeysFile", .kind = &adit_value_list, AT(authorized_keys_files),
      .max = LIST_MAX, .flags = ADIT_KEYWORD_MANY | ADIT_KEYWORD_NONE, .tokens = "uh%" },
    TEXT("TrustedUserCAKeys", trusted_user_ca_keys),
    { .name = "CASignatureAlgorithms", .kind = &adit_value_algorithms, AT(ca_signature_algorithms),
      .max = ADIT_ALGORITHM_CA_SIGNATURE },
    FLAG("PubkeyAuthentication", pubkey_authentication),
    FLAG("PasswordAuthentication", password_authentication),
    FLAG("KbdInteractiveAuthentication", kbd_interactive_authentication),
    ALIAS("ChallengeResponseAuthentication", "KbdInteractiveAuthentication"),
    LIST("AuthenticationMethods", authentication_methods, ADIT_KEYWORD_MANY),
    TEXT("PasswordFile", password_file),
    LIST("AllowUsers", allow_users, ADIT_KEYWORD_ADDS | ADIT_KEYWORD_MANY),
    LIST("DenyUsers", deny_users, ADIT_KEYWORD_ADDS | ADIT_KEYWORD_MANY),
    FLAG("StrictModes", strict_modes),
    TEXT("Banner", banner),

    ENUM("AllowTcpForwarding", allow_tcp_forwarding, forwarding_choices),
    ENUM("AllowStreamLocalForwarding", allow_stream_local_forwarding, forwarding_choices),
    { .name = "StreamLocalBindMask", .kind = &adit_value_mask, AT(stream_local_bind_mask) },
    FLAG("StreamLocalBindUnlink", stream_local_bind_unlink),
    ENUM("GatewayPorts", gateway_ports, gateway_ports_choices),
    { .name = "PermitOpen", .kind = &adit_value_permits, AT(permit_open),
      .flags = ADIT_KEYWORD_MANY | ADIT_KEYWORD_NO_DEFAULT },
    { .name = "PermitListen", .kind = &adit_value_permits, AT(permit_listen),
      .flags = ADIT_KEYWORD_MANY | ADIT_KEYWORD_NO_DEFAULT, .max = ADIT_PERMITS_LISTEN },

    TIME("ClientAliveInterval", client_alive_interval_ms),
    COUNT("ClientAliveCountMax", client_alive_count_max),
    TIME("LoginGraceTime", login_grace_time_ms),
    COUNT("MaxAuthTries", max_auth_tries),
    COUNT("MaxChannels", max_channels),
    { .name = "MaxStartups", .kind = &adit_value_max_startups, AT(max_startups) },
    COUNT("MaxUserSessions", max_user_sessions),
    { .name = "WindowMemory", .kind = &adit_value_size, AT(window_memory) },
    FLAG("TCPKeepAlive", tcp_keep_alive),
    ALIAS("KeepAlive", "TCPKeepAlive"),
    FLAG("UseDNS", use_dns),
    { .name = "Workers", .kind = &adit_value_number, AT(workers), .max = WORKERS_MAX },

    NAMES("KexAlgorithms", kex, ADIT_ALGORITHM_SERVER_KEX),
    NAMES("HostKeyAlgorithms", host_keys, ADIT_ALGORITHM_HOST_KEY),
    NAMES("Ciphers", ciphers, ADIT_ALGORITHM_CIPHER),
    NAMES("MACs", macs, ADIT_ALGORITHM_MAC),
    NAMES("PubkeyAcceptedAlgorithms", pubkey_accepted, ADIT_ALGORITHM_HOST_KEY),
    ALIAS("PubkeyAcceptedKeyTypes", "PubkeyAcceptedAlgorithms"),
    FLAG("RequireStrictKex", require_strict_kex),
    { .name = "Compression", .kind = &adit_value_flag, AT(compression),
      .names = compression_choices },
    { .name = "RekeyLimit", .kind = &adit_value_rekey, AT(rekey_bytes),
      .flags = ADIT_KEYWORD_MANY },

    ENUM("LogLevel", log_level, adit_names_log_level),
    { .name = "SyslogFacility", .kind = &adit_value_facility, AT(syslog_facility) },
    TEXT("PidFile", pid_file),

    REFUSED("AllowGroups", ""),
    REFUSED("ChannelTimeout", "none"),
    REFUSED("DenyGroups", ""),
    REFUSED("DisableForwarding", "no"),
    REFUSED("PerSourceMaxStartups", "none"),
    REFUSED("PerSourcePenalties", "no"),
    REFUSED("PubkeyAuthOptions", "none"),
    REFUSED("RefuseConnection", "no"),
    REFUSED("RequiredRSASize", "0,1024,2048"), /* 2048 bits are always required */
    REFUSED("RevokedKeys", "none"),
    REFUSED("UnusedConnectionTimeout", "none,0"),

    LACKING("AcceptEnv", "none", no_shell),
    LACKING("AllowAgentForwarding", "no", no_agent),
    LACKING("AuthorizedKeysCommand", "none", no_shell),
    LACKING("AuthorizedKeysCommandUser", "none", no_shell),
    LACKING("AuthorizedPrincipalsCommand", "none", no_shell),
    LACKING("AuthorizedPrincipalsCommandUser", "none", no_shell),
    LACKING("AuthorizedPrincipalsFile", "none", no_principals_file),
    LACKING("ChrootDirectory", "none", no_shell),
    LACKING("ForceCommand", "none", no_shell),
    LACKING("GSSAPIAuthentication", "no", no_gssapi),
    LACKING("GSSAPICleanupCredentials", "no,yes", no_gssapi),
    LACKING("GSSAPIKexAlgorithms", "none", no_gssapi),
    LACKING("GSSAPIKeyExchange", "no", no_gssapi),
    LACKING("GSSAPIStoreCredentialsOnRekey", "no", no_gssapi),
    LACKING("GSSAPIStrictAcceptorCheck", "no,yes", no_gssapi),
    LACKING("HostbasedAcceptedAlgorithms", "none", no_method),
    LACKING("HostbasedAuthentication", "no", no_method),
    LACKING("HostbasedUsesNameFromPacketOnly", "no", no_method),
    LACKING("HostKeyAgent", "none", no_agent),
    LACKING("KerberosAuthentication", "no", no_gssapi),
    LACKING("KerberosGetAFSToken", "no", no_gssapi),
    LACKING("KerberosOrLocalPasswd", "no,yes", no_gssapi),
    LACKING("KerberosTicketCleanup", "no,yes", no_gssapi),
    LACKING("PermitEmptyPasswords", "no", "is not supported: a password is never empty"),
    LACKING("PermitRootLogin", "no,prohibit-password,without-password", no_accounts),
    LACKING("PermitTTY", "no", no_shell),
    LACKING("PermitTunnel", "no", no_tunnel),
    LACKING("PermitUserEnvironment", "no", no_shell),
    LACKING("PermitUserRC", "no", no_shell),
    LACKING("PrintLastLog", "no", no_shell),
    LACKING("PrintMotd", "no", no_shell),
    LACKING("RDomain", "none", "is not supported: the gateway does not change routing domains"),
    LACKING("SetEnv", "none", no_shell),
    LACKING("UseLogin", "no", no_shell),
    LACKING("UsePAM", "no", no_pam),
    LACKING("X11DisplayOffset", "none", no_x11),
    LACKING("X11Forwarding", "no", no_x11),
    LACKING("X11UseLocalhost", "no,yes", no_x11),
    LACKING("XAuthLocation", "none", no_x11),

    IGNORED("DebianBanner"),
    IGNORED("ExposeAuthInfo"),
    IGNORED("FingerprintHash"),
    IGNORED("IgnoreRhosts"),
    IGNORED("IgnoreUserKnownHosts"),
    IGNORED("IPQoS"),
    IGNORED("KeyRegenerationInterval"),
    IGNORED("LogVerbose"),
    IGNORED("MaxSessions"),
    IGNORED("ModuliFile"),
    IGNORED("PerSourceNetBlockSize"),
    IGNORED("PerSourcePenaltyExemptList"),
    IGNORED("Protocol"),
    IGNORED("SecurityKeyProvider"),
    IGNORED("SshdAuthPath"),
    IGNORED("SshdSessionPath"),
    IGNORED("Subsystem"),
    IGNORED("UsePrivilegeSeparation"),
    IGNORED("VersionAddendum"),
};
/* clang-format on */

const size_t adit_sshd_row_count = ADIT_ARRAY_LEN(adit_sshd_rows);

_Static_assert(ADIT_ARRAY_LEN(adit_sshd_rows) <= ADIT_SSHD_KEYWORDS_MAX,
               "every row has its mark in adit_sshd_config.given");
