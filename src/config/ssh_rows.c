/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * THE table of the client's keywords, those of ssh_config(5) and our own. What
 * has no meaning without a shell is ignored; what a user would rely on and adit
 * does not do is refused.
 */
#include "config/ssh_rows.h"

#include "base/span.h"
#include "config/algorithm_list.h"
#include "config/values.h"

#include <stdio.h>

enum { FORWARDS_MAX = 1024 };

static const struct adit_value_name host_key_policies[] = {
    { "ask", ADIT_HOST_KEY_ASK },
    { "yes", ADIT_HOST_KEY_STRICT },
    { "accept-new", ADIT_HOST_KEY_ACCEPT_NEW },
    { "no", ADIT_HOST_KEY_OFF },
    { "off", ADIT_HOST_KEY_OFF },
    { "true", ADIT_HOST_KEY_STRICT },
    { "false", ADIT_HOST_KEY_OFF },
    { NULL, 0 },
};

/* What the signature is bound to is settled by the protocol, not by this setting. */
static const struct adit_value_name pubkey_choices[] = {
    { "yes", true },     { "no", false },        { "true", true }, { "false", false },
    { "unbound", true }, { "host-bound", true }, { NULL, 0 },
};

/* ---- LocalForward and RemoteForward: one word or two, on a field that is the whole struct ---- */

static enum adit_err add_forward(const struct adit_setting *setting, bool is_remote,
                                 struct adit_forward_spec **forwards, size_t *count)
{
    struct adit_forward_spec spec;
    struct adit_forward_spec *place;
    char text[2 * ADIT_HOST_MAX + 32];
    size_t len = 0;
    char why[256];
    enum adit_err err;

    for (size_t i = 0; i < setting->arg_count; i++) {
        const struct adit_span arg = setting->args[i];

        if (i == 2 || arg.len + 1 > sizeof text - len)
            return adit_setting_bad(setting, arg, "expected here");
        if (i)
            text[len++] = ':';
        if (arg.len)
            memcpy(text + len, arg.data, arg.len);
        len += arg.len;
    }
    err = adit_forward_spec_parse(adit_span_of(text, len), is_remote, &spec, why, sizeof why);
    if (err)
        return adit_setting_fail(setting, err, "%s", why);
    if (*count == FORWARDS_MAX)
        return adit_setting_fail(setting, ADIT_ERR_LIMIT, "more than %d forwards", FORWARDS_MAX);
    place = adit_config_pool_push(setting->pool, forwards, count, sizeof *place);
    if (place == NULL)
        return adit_setting_fail(setting, ADIT_ERR_NO_MEMORY, "out of memory");
    *place = spec;
    return ADIT_OK;
}

static enum adit_err print_forwards(const struct adit_keyword *keyword,
                                    const struct adit_forward_spec *forwards, size_t count,
                                    struct adit_buffer *out)
{
    enum adit_err err = ADIT_OK;

    for (size_t i = 0; !err && i < count; i++) {
        err = adit_print_name(keyword, out);
        if (!err)
            err = adit_forward_spec_print(&forwards[i], out);
        if (!err)
            err = adit_print_text("\n", out);
    }
    return err;
}

static enum adit_err local_forward_parse(const struct adit_setting *setting, void *field)
{
    struct adit_ssh_config *config = field;

    return add_forward(setting, false, &config->local_forwards, &config->local_forward_count);
}

static enum adit_err local_forward_print(const struct adit_keyword *keyword, const void *field,
                                         struct adit_buffer *out)
{
    const struct adit_ssh_config *config = field;

    return print_forwards(keyword, config->local_forwards, config->local_forward_count, out);
}

static enum adit_err remote_forward_parse(const struct adit_setting *setting, void *field)
{
    struct adit_ssh_config *config = field;

    return add_forward(setting, true, &config->remote_forwards, &config->remote_forward_count);
}

static enum adit_err remote_forward_print(const struct adit_keyword *keyword, const void *field,
                                          struct adit_buffer *out)
{
    const struct adit_ssh_config *config = field;

    return print_forwards(keyword, config->remote_forwards, config->remote_forward_count, out);
}

static const struct adit_value_kind local_forward = { local_forward_parse, local_forward_print };
static const struct adit_value_kind remote_forward = { remote_forward_parse, remote_forward_print };

/* adit_value_rekey stores both at once. */
_Static_assert(offsetof(struct adit_ssh_config, rekey_ms) ==
                   offsetof(struct adit_ssh_config, rekey_bytes) + sizeof(uint64_t),
               "the two limits stand side by side");

/* clang-format off */
#define AT(member)          .offset = offsetof(struct adit_ssh_config, member)
#define FLAG(word, member)  { .name = (word), .kind = &adit_value_flag, AT(member) }
#define TEXT(word, member)  { .name = (word), .kind = &adit_value_text, AT(member) }
#define TIME(word, member)  { .name = (word), .kind = &adit_value_time, AT(member) }
#define COUNT(word, member) { .name = (word), .kind = &adit_value_number, AT(member) }
#define ALIAS(word, of)     { .name = (word), .alias = (of) }
#define IGNORED(word)       { .name = (word), .flags = ADIT_KEYWORD_IGNORED }
#define ENUM(word, member, list) \
    { .name = (word), .kind = &adit_value_enum, AT(member), .names = (list) }
#define NAMES(word, member, list) \
    { .name = (word), .kind = &adit_value_algorithms, AT(algorithms.member), .max = (list) }
#define PATHS(word, member, how, most) \
    { .name = (word), .kind = &adit_value_list, AT(member), .max = (most), \
      .flags = (how) | ADIT_KEYWORD_NONE | ADIT_KEYWORD_EXPANDED, .tokens = ADIT_SSH_PATH_TOKENS }
#define REFUSED(word, values) \
    { .name = (word), .flags = ADIT_KEYWORD_REFUSED, .harmless = (values), \
      .why = "is not supported" }

const struct adit_keyword adit_ssh_rows[] = {
    /* IgnoreUnknown must stand before what it excuses, in files and when printed. */
    TEXT("IgnoreUnknown", ignore_unknown),
    { .name = "HostName", .kind = &adit_value_text, AT(host_name), .tokens = "h%",
      .flags = ADIT_KEYWORD_EXPANDED },
    TEXT("User", user),
    { .name = "Port", .kind = &adit_value_port, AT(port) },
    TEXT("HostKeyAlias", host_key_alias),
    TEXT("BindAddress", bind_address),
    TEXT("BindInterface", bind_interface),
    ENUM("AddressFamily", address_family, adit_names_family),
    TEXT("Tag", tag),
    { .name = "ProxyCommand", .kind = &adit_ssh_proxy_command, .tokens = "%hnpr" },
    { .name = "ProxyJump", .kind = &adit_ssh_proxy_jump, .tokens = "%hnpr" },
    { .name = "ProxyURL", .kind = &adit_ssh_proxy_url, AT(proxy_url),
      .flags = ADIT_KEYWORD_NONE },

    PATHS("IdentityFile", identity_files, ADIT_KEYWORD_ADDS, ADIT_SSH_IDENTITIES_MAX),
    FLAG("IdentitiesOnly", identities_only),
    { .name = "PubkeyAuthentication", .kind = &adit_value_flag, AT(pubkey_authentication),
      .names = pubkey_choices },
    FLAG("PasswordAuthentication", password_authentication),
    TEXT("PreferredAuthentications", preferred_authentications),
    COUNT("NumberOfPasswordPrompts", number_of_password_prompts),
    FLAG("BatchMode", batch_mode),

    ENUM("StrictHostKeyChecking", strict_host_key_checking, host_key_policies),
    PATHS("UserKnownHostsFile", user_known_hosts_files, ADIT_KEYWORD_MANY, ADIT_SSH_FILES_MAX),
    PATHS("GlobalKnownHostsFile", global_known_hosts_files, ADIT_KEYWORD_MANY, ADIT_SSH_FILES_MAX),
    FLAG("HashKnownHosts", hash_known_hosts),

    NAMES("KexAlgorithms", kex, ADIT_ALGORITHM_KEX),
    NAMES("HostKeyAlgorithms", host_keys, ADIT_ALGORITHM_HOST_KEY),
    NAMES("Ciphers", ciphers, ADIT_ALGORITHM_CIPHER),
    NAMES("MACs", macs, ADIT_ALGORITHM_MAC),
    NAMES("PubkeyAcceptedAlgorithms", pubkey_accepted, ADIT_ALGORITHM_HOST_KEY),
    ALIAS("PubkeyAcceptedKeyTypes", "PubkeyAcceptedAlgorithms"),
    FLAG("Compression", compression),
    { .name = "RekeyLimit", .kind = &adit_value_rekey, AT(rekey_bytes),
      .flags = ADIT_KEYWORD_MANY },

    { .name = "ConnectTimeout", .kind = &adit_value_time, AT(connect_timeout_ms),
      .flags = ADIT_KEYWORD_NONE },
    TIME("ServerAliveInterval", server_alive_interval_ms),
    COUNT("ServerAliveCountMax", server_alive_count_max),
    FLAG("TCPKeepAlive", tcp_keep_alive),
    ALIAS("KeepAlive", "TCPKeepAlive"),
    FLAG("ExitOnForwardFailure", exit_on_forward_failure),
    FLAG("Reconnect", reconnect),

    FLAG("GatewayPorts", gateway_ports),
    FLAG("ClearAllForwardings", clear_all_forwardings),
    { .name = "LocalForward", .kind = &local_forward,
      .flags = ADIT_KEYWORD_ADDS | ADIT_KEYWORD_MANY },
    { .name = "RemoteForward", .kind = &remote_forward,
      .flags = ADIT_KEYWORD_ADDS | ADIT_KEYWORD_MANY },
    ENUM("LogLevel", log_level, adit_names_log_level),

    REFUSED("CanonicalizeHostname", "no,none,false"),
    REFUSED("CertificateFile", "none"),
    REFUSED("ChannelTimeout", "none"),
    REFUSED("DynamicForward", "none"),
    REFUSED("KnownHostsCommand", "none"),
    REFUSED("PermitLocalCommand", "no,false"),
    REFUSED("PKCS11Provider", "none"),
    REFUSED("Protocol", "2"),
    REFUSED("ProxyUseFdpass", "no,false"),
    REFUSED("RefuseConnection", ""),
    REFUSED("RequiredRSASize", "0,1024,2048"), /* 2048 bits are always required */
    REFUSED("RevokedHostKeys", "none"),
    REFUSED("SmartcardDevice", "none"),
    REFUSED("Tunnel", "no,false"),

    IGNORED("AddKeysToAgent"),
    IGNORED("CanonicalDomains"),
    IGNORED("CanonicalizeFallbackLocal"),
    IGNORED("CanonicalizeMaxDots"),
    IGNORED("CanonicalizePermittedCNAMEs"),
    IGNORED("CASignatureAlgorithms"),
    IGNORED("ChallengeResponseAuthentication"),
    IGNORED("CheckHostIP"),
    IGNORED("Cipher"),
    IGNORED("CompressionLevel"),
    IGNORED("ConnectionAttempts"),
    IGNORED("ControlMaster"),
    IGNORED("ControlPath"),
    IGNORED("ControlPersist"),
    IGNORED("DSAAuthentication"),
    IGNORED("EnableEscapeCommandline"),
    IGNORED("EnableSSHKeysign"),
    IGNORED("EscapeChar"),
    IGNORED("FingerprintHash"),
    IGNORED("ForkAfterAuthentication"),
    IGNORED("ForwardAgent"),
    IGNORED("ForwardX11"),
    IGNORED("ForwardX11Timeout"),
    IGNORED("ForwardX11Trusted"),
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
    IGNORED("IdentityAgent"),
    IGNORED("IPQoS"),
    IGNORED("KbdInteractiveAuthentication"),
    IGNORED("KbdInteractiveDevices"),
    IGNORED("LocalCommand"),
    IGNORED("LogVerbose"),
    IGNORED("NoHostAuthenticationForLocalhost"),
    IGNORED("ObscureKeystrokeTiming"),
    IGNORED("PermitRemoteOpen"),
    IGNORED("RemoteCommand"),
    IGNORED("RequestTTY"),
    IGNORED("RhostsRSAAuthentication"),
    IGNORED("RSAAuthentication"),
    IGNORED("SecurityKeyProvider"),
    IGNORED("SendEnv"),
    IGNORED("SessionType"),
    IGNORED("SetEnv"),
    IGNORED("StdinNull"),
    IGNORED("StreamLocalBindMask"),
    IGNORED("StreamLocalBindUnlink"),
    IGNORED("SyslogFacility"),
    IGNORED("TunnelDevice"),
    IGNORED("UpdateHostKeys"),
    IGNORED("UsePrivilegedPort"),
    IGNORED("UseRoaming"),
    IGNORED("VerifyHostKeyDNS"),
    IGNORED("VersionAddendum"),
    IGNORED("VisualHostKey"),
    IGNORED("WarnWeakCrypto"),
    IGNORED("XAuthLocation"),
};
/* clang-format on */

const size_t adit_ssh_row_count = ADIT_ARRAY_LEN(adit_ssh_rows);

_Static_assert(ADIT_ARRAY_LEN(adit_ssh_rows) <= ADIT_SSH_KEYWORDS_MAX,
               "every row has its mark in adit_ssh_config.given");
