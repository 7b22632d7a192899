/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * THE table of the client's keywords, those of ssh_config(5) and our own. What
 * has no meaning without a shell is ignored; what a user would rely on and adit
 * does not do is refused.
 */
#include "config/ssh_rows.h"

#include "base/span.h"
#include "config/algorithm_list.h"
#include "config/ssh_values.h"
#include "config/values.h"

enum { DOMAINS_MAX = 32, CNAMES_MAX = 32 };

/* Of the names for one value the first is printed: the one that ssh -G prints. */
static const struct adit_value_name host_key_policies[] = {
    { "ask", ADIT_HOST_KEY_ASK },    { "true", ADIT_HOST_KEY_STRICT },
    { "false", ADIT_HOST_KEY_OFF },  { "accept-new", ADIT_HOST_KEY_ACCEPT_NEW },
    { "yes", ADIT_HOST_KEY_STRICT }, { "no", ADIT_HOST_KEY_OFF },
    { "off", ADIT_HOST_KEY_OFF },    { NULL, 0 },
};

static const struct adit_value_name pubkey_choices[] = {
    { "true", ADIT_PUBKEY_YES },
    { "false", ADIT_PUBKEY_NO },
    { "unbound", ADIT_PUBKEY_UNBOUND },
    { "host-bound", ADIT_PUBKEY_HOST_BOUND },
    { "yes", ADIT_PUBKEY_YES },
    { "no", ADIT_PUBKEY_NO },
    { NULL, 0 },
};

static const struct adit_value_name canonicalize_choices[] = {
    { "true", ADIT_CANONICALIZE_YES },      { "false", ADIT_CANONICALIZE_NO },
    { "always", ADIT_CANONICALIZE_ALWAYS }, { "yes", ADIT_CANONICALIZE_YES },
    { "no", ADIT_CANONICALIZE_NO },         { NULL, 0 },
};

static const struct adit_value_name update_choices[] = {
    { "true", ADIT_UPDATE_YES }, { "false", ADIT_UPDATE_NO }, { "ask", ADIT_UPDATE_ASK },
    { "yes", ADIT_UPDATE_YES },  { "no", ADIT_UPDATE_NO },    { NULL, 0 },
};

static const struct adit_value_name control_choices[] = {
    { "true", ADIT_CONTROL_YES },
    { "false", ADIT_CONTROL_NO },
    { "auto", ADIT_CONTROL_AUTO },
    { "ask", ADIT_CONTROL_ASK },
    { "autoask", ADIT_CONTROL_AUTO_ASK },
    { "yes", ADIT_CONTROL_YES },
    { "no", ADIT_CONTROL_NO },
    { NULL, 0 },
};

/* adit_value_rekey stores both at once. */
_Static_assert(offsetof(struct adit_ssh_config, rekey_ms) ==
                   offsetof(struct adit_ssh_config, rekey_bytes) + sizeof(uint64_t),
               "the two limits stand side by side");

/* clang-format off */
#define AT(member)          .offset = offsetof(struct adit_ssh_config, member)
#define RAW                 .flags = ADIT_KEYWORD_RAW
#define FLAG(word, member)  { .name = (word), .kind = &adit_value_flag, AT(member) }
#define TEXT(word, member)  { .name = (word), .kind = &adit_value_text, AT(member), RAW }
#define TIME(word, member)  { .name = (word), .kind = &adit_value_time, AT(member) }
#define COUNT(word, member) { .name = (word), .kind = &adit_value_number, AT(member) }
#define ALIAS(word, of)     { .name = (word), .alias = (of) }
#define IGNORED(word)       { .name = (word), .flags = ADIT_KEYWORD_IGNORED }
#define WITHOUT(word, reason) \
    { .name = (word), .flags = ADIT_KEYWORD_IGNORED, .why = "has no effect: " reason }
#define LEFT_OUT(word, values, sentence) \
    { .name = (word), .flags = ADIT_KEYWORD_LEFT_OUT, .harmless = (values), .why = (sentence) }
#define ENUM(word, member, list) \
    { .name = (word), .kind = &adit_value_enum, AT(member), .names = (list) }
#define NAMES(word, member, list) \
    { .name = (word), .kind = &adit_value_algorithms, AT(algorithms.member), .max = (list) }
#define LIST(word, member, most, how) \
    { .name = (word), .kind = &adit_value_list, AT(member), .max = (most), \
      .flags = ADIT_KEYWORD_MANY | ADIT_KEYWORD_RAW | (how) }
/* One path to a line; "none" is kept, as one of them. */
#define PATHS(word, member, how) \
    { .name = (word), .kind = &adit_value_list, AT(member), .max = ADIT_SSH_IDENTITIES_MAX, \
      .flags = ADIT_KEYWORD_ADDS | ADIT_KEYWORD_ONCE | ADIT_KEYWORD_VARIABLES | ADIT_KEYWORD_RAW | (how), \
      .tokens = ADIT_SSH_TOKENS }
#define PATH(word, member, how) \
    { .name = (word), .kind = &adit_value_text, AT(member), .tokens = ADIT_SSH_TOKENS, \
      .flags = ADIT_KEYWORD_VARIABLES | ADIT_KEYWORD_RAW | (how) }
#define WHOLE(word, kind_of, how) { .name = (word), .kind = &(kind_of), .flags = (how) }
#define REFUSED(word, values, reason) \
    { .name = (word), .flags = ADIT_KEYWORD_REFUSED, .harmless = (values), \
      .why = "is not supported: " reason }

const struct adit_keyword adit_ssh_rows[] = {
    /* IgnoreUnknown must stand before what it excuses. */
    TEXT("IgnoreUnknown", ignore_unknown),
    { .name = "HostName", .kind = &adit_value_text, AT(host_name), .tokens = "h%", RAW },
    { .name = "AlternativeHosts", .kind = &adit_value_alternative_hosts, AT(alternative_hosts),
      .max = ADIT_SSH_HOSTS_MAX, .flags = ADIT_KEYWORD_MANY | ADIT_KEYWORD_RAW | ADIT_KEYWORD_NONE | ADIT_KEYWORD_SILENT },
    TEXT("User", user),
    { .name = "Port", .kind = &adit_value_port, AT(port) },
    TEXT("HostKeyAlias", host_key_alias),
    TEXT("BindAddress", bind_address),
    TEXT("BindInterface", bind_interface),
    ENUM("AddressFamily", address_family, adit_names_family),
    TEXT("Tag", tag),

    { .name = "ProxyCommand", .kind = &adit_value_command, AT(written.proxy_command), .flags = ADIT_KEYWORD_MANY },
    { .name = "ProxyJump", .kind = &adit_value_jump, AT(proxy_jump), .flags = ADIT_KEYWORD_MANY },
    FLAG("ProxyUseFdpass", proxy_use_fdpass),
    { .name = "ProxyURL", .kind = &adit_value_proxy_url, AT(proxy_url),
      .flags = ADIT_KEYWORD_NONE | ADIT_KEYWORD_SILENT | ADIT_KEYWORD_RAW },

    ENUM("CanonicalizeHostname", canonicalize_hostname, canonicalize_choices),
    { .name = "CanonicalDomains", .kind = &adit_value_domains, AT(canonical_domains),
      .max = DOMAINS_MAX, .flags = ADIT_KEYWORD_MANY | ADIT_KEYWORD_RAW | ADIT_KEYWORD_NONE },
    COUNT("CanonicalizeMaxDots", canonicalize_max_dots),
    FLAG("CanonicalizeFallbackLocal", canonicalize_fallback_local),
    { .name = "CanonicalizePermittedCNAMEs", .kind = &adit_value_cnames, AT(permitted_cnames),
      .max = CNAMES_MAX, .flags = ADIT_KEYWORD_MANY | ADIT_KEYWORD_RAW | ADIT_KEYWORD_NONE },

    PATHS("IdentityFile", written.identity_files, 0),
    PATHS("CertificateFile", written.certificate_files, 0),
    ALIAS("IdentityFile2", "IdentityFile"),
    FLAG("IdentitiesOnly", identities_only),
    PATH("IdentityAgent", identity_agent, 0),
    WHOLE("AddKeysToAgent", adit_value_add_keys, ADIT_KEYWORD_MANY),
    ENUM("PubkeyAuthentication", pubkey_authentication, pubkey_choices),
    ALIAS("DSAAuthentication", "PubkeyAuthentication"),
    FLAG("PasswordAuthentication", password_authentication),
    FLAG("KbdInteractiveAuthentication", kbd_interactive_authentication),
    ALIAS("ChallengeResponseAuthentication", "KbdInteractiveAuthentication"),
    ALIAS("SKeyAuthentication", "KbdInteractiveAuthentication"),
    ALIAS("TISAuthentication", "KbdInteractiveAuthentication"),
    TEXT("PreferredAuthentications", preferred_authentications),
    COUNT("NumberOfPasswordPrompts", number_of_password_prompts),
    FLAG("BatchMode", batch_mode),

    ENUM("StrictHostKeyChecking", strict_host_key_checking, host_key_policies),
    { .name = "UserKnownHostsFile", .kind = &adit_value_list, AT(user_known_hosts_files),
      .max = ADIT_SSH_FILES_MAX, .tokens = ADIT_SSH_TOKENS,
      .flags = ADIT_KEYWORD_MANY | ADIT_KEYWORD_NONE | ADIT_KEYWORD_VARIABLES | ADIT_KEYWORD_RAW },
    LIST("GlobalKnownHostsFile", global_known_hosts_files, ADIT_SSH_FILES_MAX, ADIT_KEYWORD_NONE),
    FLAG("HashKnownHosts", hash_known_hosts),
    ENUM("UpdateHostKeys", update_host_keys, update_choices),

    NAMES("KexAlgorithms", kex, ADIT_ALGORITHM_KEX),
    NAMES("HostKeyAlgorithms", host_keys, ADIT_ALGORITHM_HOST_KEY),
    NAMES("Ciphers", ciphers, ADIT_ALGORITHM_CIPHER),
    NAMES("MACs", macs, ADIT_ALGORITHM_MAC),
    NAMES("PubkeyAcceptedAlgorithms", pubkey_accepted, ADIT_ALGORITHM_USER_KEY),
    { .name = "CASignatureAlgorithms", .kind = &adit_value_algorithms, AT(ca_signature_algorithms),
      .max = ADIT_ALGORITHM_CA_SIGNATURE },
    ALIAS("PubkeyAcceptedKeyTypes", "PubkeyAcceptedAlgorithms"),
    FLAG("RequireStrictKex", require_strict_kex),
    FLAG("Compression", compression),
    { .name = "RekeyLimit", .kind = &adit_value_rekey, AT(rekey_bytes),
      .flags = ADIT_KEYWORD_MANY | ADIT_KEYWORD_RAW },

    { .name = "ConnectTimeout", .kind = &adit_value_time, AT(connect_timeout_ms),
      .flags = ADIT_KEYWORD_NONE | ADIT_KEYWORD_RAW },
    TIME("ServerAliveInterval", server_alive_interval_ms),
    ALIAS("ProtocolKeepAlives", "ServerAliveInterval"), /* these two are Debian's */
    ALIAS("SetupTimeout", "ServerAliveInterval"),
    COUNT("ServerAliveCountMax", server_alive_count_max),
    FLAG("TCPKeepAlive", tcp_keep_alive),
    ALIAS("KeepAlive", "TCPKeepAlive"),
    FLAG("ExitOnForwardFailure", exit_on_forward_failure),
    FLAG("Reconnect", reconnect),
    TIME("ConnectWait", connect_wait_ms),
    { .name = "WindowMemory", .kind = &adit_value_size, AT(window_memory) },

    FLAG("GatewayPorts", gateway_ports),
    FLAG("ClearAllForwardings", clear_all_forwardings),
    WHOLE("LocalForward", adit_value_local_forward, ADIT_KEYWORD_ADDS | ADIT_KEYWORD_MANY),
    WHOLE("RemoteForward", adit_value_remote_forward, ADIT_KEYWORD_ADDS | ADIT_KEYWORD_MANY),
    WHOLE("DynamicForward", adit_value_dynamic_forward, ADIT_KEYWORD_ADDS),
    /* The last one counts, as in ssh. */
    { .name = "StreamLocalBindMask", .kind = &adit_value_mask, AT(stream_local_bind_mask),
      .flags = ADIT_KEYWORD_ADDS },
    FLAG("StreamLocalBindUnlink", stream_local_bind_unlink),
    LIST("ForwardAllowUsers", forward_allow_users, ADIT_SSH_USERS_MAX, ADIT_KEYWORD_NONE | ADIT_KEYWORD_SILENT),

    ENUM("ControlMaster", control_master, control_choices),
    PATH("ControlPath", control_path, ADIT_KEYWORD_NONE | ADIT_KEYWORD_SILENT),
    WHOLE("ControlPersist", adit_value_control_persist, 0),
    ENUM("LogLevel", log_level, adit_names_log_level),

    REFUSED("ChannelTimeout", "none", "connections that are idle are not closed"),
    REFUSED("KnownHostsCommand", "none", "only files tell what host keys are known"),
    REFUSED("PermitRemoteOpen", "any", "whoever reaches a -R without a target may ask for any"),
    REFUSED("RefuseConnection", "", "adit would connect"),
    /* 2048 bits are always required. */
    REFUSED("RequiredRSASize", "0,1024,2048", "RSA keys of 2048 bits would be taken"),
    REFUSED("RevokedHostKeys", "none", "only known_hosts tells of revoked keys"),
    REFUSED("Tunnel", "no,false", "connections are forwarded, and no packets of a network"),

    LEFT_OUT("VerifyHostKeyDNS", "no,false",
             "is passed over: adit looks for no host keys in the DNS"),

    IGNORED("AFSTokenPassing"),
    IGNORED("CheckHostIP"),
    IGNORED("Cipher"),
    IGNORED("CompressionLevel"),
    IGNORED("ConnectionAttempts"),
    IGNORED("EnableEscapeCommandline"),
    IGNORED("EnableSSHKeysign"),
    IGNORED("EscapeChar"),
    IGNORED("FallBackToRsh"),
    IGNORED("FingerprintHash"),
    IGNORED("ForkAfterAuthentication"),
    IGNORED("ForwardAgent"),
    IGNORED("ForwardX11"),
    IGNORED("ForwardX11Timeout"),
    IGNORED("ForwardX11Trusted"),
    IGNORED("GlobalKnownHostsFile2"),
    IGNORED("GSSAPIAuthentication"),
    IGNORED("GSSAPIClientIdentity"),
    IGNORED("GSSAPIDelegateCredentials"),
    IGNORED("GSSAPIKexAlgorithms"),
    IGNORED("GSSAPIKeyExchange"),
    IGNORED("GSSAPIRenewalForcesRekey"),
    IGNORED("GSSAPIServerIdentity"),
    IGNORED("GSSAPITrustDns"),
    IGNORED("HostbasedAcceptedAlgorithms"),
    IGNORED("HostbasedAuthentication"),
    IGNORED("HostbasedKeyTypes"),
    IGNORED("IPQoS"),
    IGNORED("KbdInteractiveDevices"),
    IGNORED("KerberosAuthentication"),
    IGNORED("KerberosTGTPassing"),
    WITHOUT("LocalCommand", "adit runs no such command"),
    IGNORED("LogVerbose"),
    IGNORED("NoHostAuthenticationForLocalhost"),
    IGNORED("ObscureKeystrokeTiming"),
    WITHOUT("PermitLocalCommand", "adit runs no LocalCommand"),
    WITHOUT("PKCS11Provider", "keys of such tokens are used through an agent"),
    IGNORED("Protocol"),
    IGNORED("RemoteCommand"),
    IGNORED("RequestTTY"),
    IGNORED("RhostsAuthentication"),
    IGNORED("RhostsRSAAuthentication"),
    IGNORED("RSAAuthentication"),
    IGNORED("SecurityKeyProvider"),
    IGNORED("SendEnv"),
    IGNORED("SessionType"),
    IGNORED("SetEnv"),
    WITHOUT("SmartcardDevice", "keys of such tokens are used through an agent"),
    IGNORED("StdinNull"),
    IGNORED("SyslogFacility"),
    IGNORED("TunnelDevice"),
    IGNORED("UseBlacklistedKeys"),
    IGNORED("UsePrivilegedPort"),
    IGNORED("UseRoaming"),
    IGNORED("UseRsh"),
    IGNORED("UserKnownHostsFile2"),
    IGNORED("VersionAddendum"),
    IGNORED("VisualHostKey"),
    IGNORED("WarnWeakCrypto"),
    IGNORED("XAuthLocation"),
};
/* clang-format on */

const size_t adit_ssh_row_count = ADIT_ARRAY_LEN(adit_ssh_rows);

_Static_assert(ADIT_ARRAY_LEN(adit_ssh_rows) <= ADIT_SSH_KEYWORDS_MAX,
               "every row has its mark in adit_ssh_config.given");
