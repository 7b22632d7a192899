/* SPDX-License-Identifier: BSD-2-Clause */
#include "config/ssh_config.h"

#include "exact.h"

#include "crypto/algorithms.h"

#include <stdio.h>

static const struct adit_ssh_target target = {
    .host = "gw.example",
    .local_user = "local",
    .home = "/homes/local",
    .local_host = "here.example",
    .local_id = 7,
};

/* Reads a text as a file of the user's, in an exactly sized block. */
static enum adit_err read_text(struct adit_ssh_config *config, const char *text)
{
    const struct adit_span copy = exact_copy(text, strlen(text));
    const enum adit_err err = adit_ssh_config_parse(config, "config", copy, "~/.ssh");

    exact_free(copy);
    return err;
}

/* A finished configuration of a text that must be good. */
static void load(struct adit_ssh_config *config, const char *text)
{
    adit_ssh_config_init(config, &target, NULL);
    if (read_text(config, text) || adit_ssh_config_finish(config) || config->error[0])
        fail_msg("\"%s\": %s", text, config->error);
}

static void check_print(const char *text, const char *line)
{
    struct adit_buffer out = adit_buffer_init(65536);
    struct adit_ssh_config config;

    load(&config, text);
    assert_int_equal(adit_buffer_append(&out, adit_span_text("\n")), ADIT_OK);
    assert_int_equal(adit_ssh_config_print(&config, &out), ADIT_OK);
    assert_int_equal(adit_buffer_append(&out, adit_span_of("", 1)), ADIT_OK);
    if (!strstr((const char *)out.data, line))
        fail_msg("\"%s\" does not give \"%s\" but %s", text, line, (const char *)out.data);
    adit_buffer_clear(&out);
    adit_ssh_config_clear(&config);
}

static void check_error(const char *text, enum adit_err err, const char *sentence)
{
    struct adit_ssh_config config;

    adit_ssh_config_init(&config, &target, NULL);
    assert_int_equal(read_text(&config, text), err);
    assert_string_equal(config.error, sentence);
    adit_ssh_config_clear(&config);
}

static void without_any_source_the_defaults_hold(void **state)
{
    struct adit_ssh_config config;

    (void)state;
    load(&config, "");
    assert_string_equal(config.host_name, "gw.example");
    assert_string_equal(config.user, "local");
    assert_int_equal(config.port, 22);
    assert_int_equal(config.strict_host_key_checking, ADIT_HOST_KEY_ASK);
    assert_int_equal(config.server_alive_interval_ms, 5000);
    assert_int_equal(config.identity_files.count, 3);
    assert_string_equal(config.identity_files.items[2], "/homes/local/.ssh/id_ed25519");
    assert_false(config.identity_files_given);
    assert_string_equal(config.user_known_hosts_files.items[0], "/homes/local/.ssh/known_hosts");
    assert_int_equal(config.global_known_hosts_files.count, 2);
    assert_null(config.algorithms.ciphers);
    assert_true(config.reconnect);
    assert_false(config.require_strict_kex);
    assert_false(adit_ssh_config_is_set(&config, "Port"));
    adit_ssh_config_clear(&config);
}

/* Each keyword: a line, and what is printed for it. No option without a test. */
static void every_keyword_takes_effect(void **state)
{
    static const struct {
        const char *text;
        const char *printed;
    } rows[] = {
        { "HOSTNAME db1.internal", "\nhostname db1.internal\n" },
        { "hostname %h.internal", "\nhostname gw.example.internal\n" },
        { "hostname 100%%", "\nhostname 100%\n" },
        { "AlternativeHosts a b:2 [::1]:22 [fe80::1%eth0]",
          "\nalternativehosts a b:2 [::1]:22 [fe80::1%eth0]\n" },
        { "User tunnel", "\nuser tunnel\n" },
        { "Port=2222", "\nport 2222\n" },
        { "HostKeyAlias gw", "\nhostkeyalias gw\n" },
        { "BindAddress 10.0.0.1", "\nbindaddress 10.0.0.1\n" },
        { "BindInterface eth0", "\nbindinterface eth0\n" },
        { "AddressFamily inet6", "\naddressfamily inet6\n" },
        { "Tag work", "\ntag work\n" },
        { "IdentityFile ~/k", "\nidentityfile ~/k\n" },
        { "IdentityFile a\nIdentityFile b\nIdentityFile a", "\nidentityfile a\nidentityfile b\n" },
        { "IdentityFile none", "\nidentityfile none\n" },
        { "IdentityFile \"my key\"", "\nidentityfile my key\n" },
        { "IdentitiesOnly yes", "\nidentitiesonly yes\n" },
        { "PubkeyAuthentication no", "\npubkeyauthentication false\n" },
        { "PubkeyAuthentication host-bound", "\npubkeyauthentication host-bound\n" },
        { "KbdInteractiveAuthentication no", "\nkbdinteractiveauthentication no\n" },
        { "ChallengeResponseAuthentication no", "\nkbdinteractiveauthentication no\n" },
        { "CertificateFile ~/c", "\ncertificatefile ~/c\n" },
        { "IdentityAgent ~/a", "\nidentityagent /homes/local/a\n" },
        { "IdentityAgent none", "\nidentityagent none\n" },
        { "AddKeysToAgent confirm 1m", "\naddkeystoagent confirm 60\n" },
        { "AddKeysToAgent ask", "\naddkeystoagent ask\n" },
        { "AddKeysToAgent 2m", "\naddkeystoagent 120\n" },
        { "PasswordAuthentication no", "\npasswordauthentication no\n" },
        { "PreferredAuthentications password", "\npreferredauthentications password\n" },
        { "NumberOfPasswordPrompts 1", "\nnumberofpasswordprompts 1\n" },
        { "BatchMode yes", "\nbatchmode yes\n" },
        { "StrictHostKeyChecking yes", "\nstricthostkeychecking true\n" },
        { "StrictHostKeyChecking no", "\nstricthostkeychecking false\n" },
        { "StrictHostKeyChecking off", "\nstricthostkeychecking false\n" },
        { "StrictHostKeyChecking accept-new", "\nstricthostkeychecking accept-new\n" },
        { "UserKnownHostsFile ~/a b", "\nuserknownhostsfile /homes/local/a b\n" },
        { "UserKnownHostsFile none", "\nuserknownhostsfile none\n" },
        { "GlobalKnownHostsFile /a", "\nglobalknownhostsfile /a\n" },
        { "HashKnownHosts yes", "\nhashknownhosts yes\n" },
        { "UpdateHostKeys ask", "\nupdatehostkeys ask\n" },
        { "UserKnownHostsFile x", "\nupdatehostkeys false\n" },
        { "Ciphers aes256-ctr", "\nciphers aes256-ctr\n" },
        { "MACs hmac-sha2-512", "\nmacs hmac-sha2-512\n" },
        { "KexAlgorithms curve25519-sha256", "\nkexalgorithms curve25519-sha256\n" },
        { "HostKeyAlgorithms ssh-ed25519", "\nhostkeyalgorithms ssh-ed25519\n" },
        { "PubkeyAcceptedAlgorithms ssh-ed25519", "\npubkeyacceptedalgorithms ssh-ed25519\n" },
        { "PubkeyAcceptedKeyTypes ssh-ed25519", "\npubkeyacceptedalgorithms ssh-ed25519\n" },
        { "ForwardAllowUsers self 1000", "\nforwardallowusers self 1000\n" },
        { "RequireStrictKex yes", "\nrequirestrictkex yes\n" },
        { "Compression yes", "\ncompression yes\n" },
        { "RekeyLimit 1G 1h", "\nrekeylimit 1073741824 3600\n" },
        { "RekeyLimit 16", "\nrekeylimit 16 0\n" },
        { "RekeyLimit default none", "\nrekeylimit 0 0\n" },
        { "ConnectTimeout 1m30s", "\nconnecttimeout 90\n" },
        { "ConnectTimeout none", "\nconnecttimeout none\n" },
        { "ServerAliveInterval 0", "\nserveraliveinterval 0\n" },
        { "ServerAliveCountMax 9", "\nserveralivecountmax 9\n" },
        { "TCPKeepAlive no", "\ntcpkeepalive no\n" },
        { "KeepAlive no", "\ntcpkeepalive no\n" },
        { "ExitOnForwardFailure no", "\nexitonforwardfailure no\n" },
        { "# the defaults", "\nexitonforwardfailure yes\n" },
        { "# the defaults", "\nconnectwait 15\n" },
        { "Reconnect no", "\nreconnect no\n" },
        { "ConnectWait 1m", "\nconnectwait 60\n" },
        { "WindowMemory 1G", "\nwindowmemory 1073741824\n" },
        { "ForwardAllowUsers a b", "\nforwardallowusers a b\n" },
        { "ProxyURL socks5://p:1", "\nproxyurl socks5://p:1\n" },
        { "ProxyCommand a  \"b\" %h # c ", "\nproxycommand a  \"b\" %h # c\n" },
        { "ProxyJump a@b:1,c", "\nproxyjump a@b:1,c\n" },
        { "CanonicalizeHostname always", "\ncanonicalizehostname always\n" },
        { "CanonicalDomains a b", "\ncanonicaldomains a b\n" },
        { "CanonicalDomains a.b. c", "\ncanonicaldomains a.b c\n" },
        { "StreamLocalBindMask 0777", "\nstreamlocalbindmask 0777\n" },
        { "StreamLocalBindMask 022\nStreamLocalBindMask 077", "\nstreamlocalbindmask 077\n" },
        { "Port ssh", "\nport 22\n" },
        { "LocalForward 3307 db:mysql", "\nlocalforward 3307 [db]:3306\n" },
        { "DynamicForward socks", "\ndynamicforward 1080\n" },
        { "CanonicalizeMaxDots 2", "\ncanonicalizemaxdots 2\n" },
        { "CanonicalizeFallbackLocal no", "\ncanonicalizefallbacklocal no\n" },
        { "CanonicalizePermittedCNAMEs a:b c:d", "\ncanonicalizepermittedcnames a:b c:d\n" },
        { "StreamLocalBindMask 22", "\nstreamlocalbindmask 022\n" },
        { "StreamLocalBindUnlink yes", "\nstreamlocalbindunlink yes\n" },
        { "ControlMaster autoask", "\ncontrolmaster autoask\n" },
        { "ControlPath ~/%p", "\ncontrolpath /homes/local/22\n" },
        { "CASignatureAlgorithms ssh-ed25519", "\ncasignaturealgorithms ssh-ed25519\n" },
        { "CASignatureAlgorithms rsa-sha2-512,sk-ssh-ed25519@openssh.com",
          "\ncasignaturealgorithms rsa-sha2-512\n" },
        { "CASignatureAlgorithms +ssh-rsa",
          "\ncasignaturealgorithms ssh-ed25519,ecdsa-sha2-nistp256,ecdsa-sha2-nistp384,"
          "ecdsa-sha2-nistp521,rsa-sha2-512,rsa-sha2-256\n" },
        { "CASignatureAlgorithms rsa*,ssh-*",
          "\ncasignaturealgorithms rsa-sha2-512,rsa-sha2-256,ssh-ed25519\n" },
        { "CASignatureAlgorithms *",
          "\ncasignaturealgorithms ssh-ed25519,ecdsa-sha2-nistp256,ecdsa-sha2-nistp384,"
          "ecdsa-sha2-nistp521,rsa-sha2-512,rsa-sha2-256\n" },
        { "CASignatureAlgorithms -ecdsa*",
          "\ncasignaturealgorithms ssh-ed25519,rsa-sha2-512,rsa-sha2-256\n" },
        { "CASignatureAlgorithms ^rsa*",
          "\ncasignaturealgorithms rsa-sha2-512,rsa-sha2-256,ssh-ed25519,ecdsa-sha2-nistp256,"
          "ecdsa-sha2-nistp384,ecdsa-sha2-nistp521\n" },
        { "ControlPersist 1m", "\ncontrolpersist 60\n" },
        { "ControlPersist 0", "\ncontrolpersist yes\n" },
        { "GatewayPorts yes", "\ngatewayports yes\n" },
        { "LocalForward 3307 db:3306", "\nlocalforward 3307 [db]:3306\n" },
        { "LocalForward [::1]:3307 [::2]:3306", "\nlocalforward [::1]:3307 [::2]:3306\n" },
        { "LocalForward 3307:db:3306", "\nlocalforward 3307 [db]:3306\n" },
        { "RemoteForward *:0 db:3306", "\nremoteforward [*]:0 [db]:3306\n" },
        { "LocalForward /a /b", "\nlocalforward /a /b\n" },
        { "RemoteForward 1080", "\nremoteforward 1080 [socks]:0\n" },
        { "DynamicForward *:1080", "\ndynamicforward [*]:1080\n" },
        { "LogLevel debug", "\nloglevel DEBUG\n" },
        { "LogLevel DEBUG3", "\nloglevel DEBUG3\n" },
        { "ClearAllForwardings yes\nLocalForward 1 h:1",
          "\nclearallforwardings yes\nstreamlocalbindmask" },
        { "IgnoreUnknown Use*\nUseKeychain yes", "\nignoreunknown Use*\n" },
    };

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(rows); i++)
        check_print(rows[i].text, rows[i].printed);
}

static void bad_values_are_refused_with_file_and_line(void **state)
{
    static const struct {
        const char *text;
        const char *error;
    } rows[] = {
        { "\n\nPort 0", "config:3: Port: \"0\" is not a port from 1 to 65535" },
        { "Port 65536", "config:1: Port: \"65536\" is not a port from 1 to 65535" },
        { "Port 22x", "config:1: Port: \"22x\" is not a port from 1 to 65535" },
        { "Port", "config:1: Port: a value is missing" },
        { "Port \"\"", "config:1: Port: a value is missing" },
        { "StreamLocalBindMask 0888",
          "config:1: StreamLocalBindMask: \"0888\" is not an octal mask, such as 0177" },
        { "StreamLocalBindMask 01000",
          "config:1: StreamLocalBindMask: \"01000\" is not an octal mask, such as 0177" },
        { "Port 22 23", "config:1: Port: \"23\" is not expected after the value" },
        { "GatewayPorts nope",
          "config:1: GatewayPorts: \"nope\" is not one of yes, no, true, false" },
        { "Nonsense yes", "config:1: unknown keyword \"Nonsense\"" },
        { "Non\x1bsense yes", "config:1: unknown keyword \"Non\\x1bsense\"" },
        { "Host other\nNonsense yes", "config:2: unknown keyword \"Nonsense\"" },
        { "User \"a", "config:1: a quote has no end" },
        { "RekeyLimit 15",
          "config:1: RekeyLimit: \"15\" is not \"default\" or a size from 16 such as 512M" },
        { "RekeyLimit 8E",
          "config:1: RekeyLimit: \"8E\" is not \"default\" or a size from 16 such as 512M" },
        { "RekeyLimit 1G 1y", "config:1: RekeyLimit: \"1y\" is not \"none\" or a time such as 1h" },
        { "RekeyLimit 1G 1h 2", "config:1: RekeyLimit: \"2\" is not expected after the time" },
        { "ConnectTimeout -1",
          "config:1: ConnectTimeout: \"-1\" is not a time such as 90 or 1m30s" },
        { "IdentityFile %x", "config:1: IdentityFile: unknown % token \"%x\"" },
        { "IdentityFile a%", "config:1: IdentityFile: unknown % token \"% \"" },
        { "Ciphers aes128-ctr,rot13",
          "config:1: Ciphers: \"rot13\" is not an algorithm that is supported here" },
        { "Ciphers +", "config:1: Ciphers: \"\" is not an algorithm that is supported here" },
        { "Ciphers -*", "config:1: Ciphers: no algorithm is left" },
        { "Ciphers aes128-cbc", "config:1: Ciphers: no algorithm is left" },
        { "Ciphers rot*",
          "config:1: Ciphers: \"rot*\" is not an algorithm that is supported here" },
        { "Ciphers aes128-ctr,",
          "config:1: Ciphers: \"\" is not an algorithm that is supported here" },
        { "LocalForward 80 db",
          "config:1: LocalForward: \"80:db\": not [address:]port:host:port (an IPv6 address "
          "stands in brackets)" },
        { "LocalForward 80 db:80 x", "config:1: LocalForward: \"x\" is not expected here" },
        { "Host", "config:1: Host wants a pattern" },
        { "Match", "config:1: Match wants a criterion" },
        { "Match host", "config:1: Match host wants a pattern" },
        { "Match exec", "config:1: Match exec wants a command" },
        { "Match all host x", "config:1: Match all stands for itself" },
        { "Match exec %x", "config:1: Match exec: unknown % token \"%x\"" },
        { "StreamLocalBindMask 8",
          "config:1: StreamLocalBindMask: \"8\" is not an octal mask, such as 0177" },
        { "StreamLocalBindMask 1000",
          "config:1: StreamLocalBindMask: \"1000\" is not an octal mask, such as 0177" },
        { "WindowMemory 0", "config:1: WindowMemory: \"0\" is not a size such as 256M" },
        { "AddKeysToAgent yes 5m",
          "config:1: AddKeysToAgent: \"5m\" is not expected after the value" },
        { "AddKeysToAgent never", "config:1: AddKeysToAgent: \"never\" is not yes, no, ask, "
                                  "confirm or a time such as 10m" },
        { "ControlPersist x",
          "config:1: ControlPersist: \"x\" is not yes, no or a time such as 10m" },
        { "ProxyJump a,", "config:1: ProxyJump: \"a,\" is not a list of [user@]host[:port]" },
        { "ProxyJump ,a", "config:1: ProxyJump: \",a\" is not a list of [user@]host[:port]" },
        { "ProxyJump -oX", "config:1: ProxyJump: \"-oX\" is not a list of [user@]host[:port]" },
        { "ProxyJump u@", "config:1: ProxyJump: \"u@\" is not a list of [user@]host[:port]" },
        { "CanonicalizePermittedCNAMEs a",
          "config:1: CanonicalizePermittedCNAMEs: \"a\" is not names:canonical_names" },
        { "LocalForward ${X}/s a:1", "config:1: LocalForward: the environment has no variable X" },
        { "UserKnownHostsFile none a", "config:1: UserKnownHostsFile: \"none\" stands for itself" },
        { "Include", "config:1: Include wants a path" },
    };

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(rows); i++)
        check_error(rows[i].text, ADIT_ERR_FORMAT, rows[i].error);
}

static void the_first_value_wins(void **state)
{
    struct adit_ssh_config config;

    (void)state;
    adit_ssh_config_init(&config, &target, NULL);
    assert_int_equal(adit_ssh_config_option(&config, "Port=1"), ADIT_OK);
    assert_int_equal(adit_ssh_config_set(&config, "User", "a #b"), ADIT_OK);
    assert_int_equal(adit_ssh_config_set(&config, "IdentityFile", "my key"), ADIT_OK);
    assert_int_equal(read_text(&config, "Port 2\nUser c\nIdentityFile d\nLogLevel ERROR\n"
                                        "RekeyLimit 1K\nUserKnownHostsFile x y"),
                     ADIT_OK);
    assert_int_equal(adit_ssh_config_parse(&config, "system",
                                           adit_span_text("LogLevel INFO\nRekeyLimit 2K\n"
                                                          "UserKnownHostsFile z"),
                                           "/etc/ssh"),
                     ADIT_OK);
    assert_int_equal(adit_ssh_config_finish(&config), ADIT_OK);
    assert_int_equal(config.port, 1);
    assert_string_equal(config.user, "a #b");
    assert_int_equal(config.identity_files.count, 2);
    assert_string_equal(config.identity_files.items[0], "my key");
    assert_string_equal(config.identity_files.items[1], "d");
    assert_int_equal(config.log_level, ADIT_LOG_ERROR);
    assert_int_equal(config.rekey_bytes, 1024);
    assert_int_equal(config.user_known_hosts_files.count, 2);
    assert_true(adit_ssh_config_is_set(&config, "loglevel"));
    adit_ssh_config_clear(&config);
}

static void only_blocks_for_the_host_count(void **state)
{
    static const struct {
        const char *head; /* before "Port 1" */
        bool counts;
    } rows[] = {
        { "Host gw.example", true },
        { "Host GW.Example", false },
        { "Host *", true },
        { "Host g?.ex*", true },
        { "Host other", false },
        { "Host other gw.*", true },
        { "Host * !gw.example", false },
        { "Host !gw.example *", false },
        { "Host !other", false },
        { "Host * !other", true },
        { "HostName real\nHost real", false },
        { "Host other\nHost gw.example", true },
        { "Host gw.example\nHost other", false },
        { "Host other\nMatch all", true },
        { "Match host gw.*", true },
        { "Match host GW.*", true },
        { "Match user LOCAL", false },
        { "Match host=gw.* user=local", true },
        { "Match host gw.* all", true },
        { "Match !all", false },
        { "Match final", false }, /* as long as nobody reads it again */
        { "Match !canonical", true },
        { "Match exec true", false }, /* no command succeeds where none can be run */
        { "Match !exec true", true },
        { "HostName real\nMatch host real", true },
        { "HostName %h.net\nMatch host gw.example.net", true },
        { "HostName real\nMatch host gw.example", false },
        { "HostName real\nMatch originalhost gw.example", true },
        { "Match user local", true },
        { "User tunnel\nMatch user tunnel,x", true },
        { "User tunnel\nMatch user local", false },
        { "Match localuser local user x", false },
        { "Match localuser local host a,gw*", true },
        { "Match !host other", true },
        { "Match !host gw.example", false },
        { "Match host *,!gw.example", false },
        { "Tag t\nMatch tagged t", true },
        { "Match tagged t", false },
    };

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(rows); i++) {
        struct adit_ssh_config config;
        char text[256];

        (void)snprintf(text, sizeof text, "%s\nPort 1\n", rows[i].head);
        load(&config, text);
        if (config.port != (rows[i].counts ? 1 : 22))
            fail_msg("\"%s\": port %u", rows[i].head, (unsigned)config.port);
        adit_ssh_config_clear(&config);
    }
}

static void algorithm_lists_follow_their_sign(void **state)
{
    const char *all = adit_algorithms_default(ADIT_ALGORITHM_MAC, adit_processor_has_aes());
    struct adit_ssh_config config;
    char wanted[512];

    (void)state;
    load(&config, "MACs ^hmac-sha2-512\nKexAlgorithms -diffie-*,ecdh-*\n"
                  "HostKeyAlgorithms rsa-sha2-256,rsa-sha2-256,ssh-ed25519\n"
                  "Ciphers +aes256-ctr");
    (void)snprintf(wanted, sizeof wanted, "hmac-sha2-512,%.*s",
                   (int)(strlen(all) - strlen(",hmac-sha2-512")), all);
    assert_string_equal(config.algorithms.macs, wanted);
    assert_string_equal(config.algorithms.host_keys, "rsa-sha2-256,ssh-ed25519");
    assert_string_equal(config.algorithms.ciphers,
                        adit_algorithms_default(ADIT_ALGORITHM_CIPHER, adit_processor_has_aes()));
    assert_null(strstr(config.algorithms.kex, "diffie"));
    assert_null(strstr(config.algorithms.kex, "ecdh"));
    assert_non_null(strstr(config.algorithms.kex, "curve25519-sha256"));
    adit_ssh_config_clear(&config);
}

static void options_on_the_command_line_are_lines(void **state)
{
    static const struct {
        const char *option;
        enum adit_err err;
        const char *error;
    } rows[] = {
        { "Port=1", ADIT_OK, "" },
        { "Port 1", ADIT_OK, "" },
        { "LocalForward=80 db:80", ADIT_OK, "" },
        { "ForwardAgent=yes", ADIT_OK, "" },
        { "", ADIT_ERR_FORMAT, "command line: the option is empty" },
        { "# Port 1", ADIT_ERR_FORMAT, "command line: the option is empty" },
        { "Port", ADIT_ERR_FORMAT, "command line: Port: a value is missing" },
        { "Port=1\nUser=x", ADIT_ERR_FORMAT,
          "command line: a NUL byte or line break inside the line" },
        { "Include=/x", ADIT_ERR_FORMAT, "command line: unknown keyword \"Include\"" },
        { "ProxyCommand=a \"b\"", ADIT_OK, "" },
        { "Tunnel=yes", ADIT_ERR_UNSUPPORTED,
          "command line: Tunnel is not supported: connections are forwarded, and no packets of a "
          "network" },
    };
    struct adit_ssh_config config;

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(rows); i++) {
        adit_ssh_config_init(&config, &target, NULL);
        assert_int_equal(adit_ssh_config_option(&config, rows[i].option), rows[i].err);
        assert_string_equal(config.error, rows[i].error);
        adit_ssh_config_clear(&config);
    }
    adit_ssh_config_init(&config, &target, NULL);
    assert_int_equal(adit_ssh_config_set(&config, "User", "a\nPort 1"), ADIT_ERR_FORMAT);
    adit_ssh_config_clear(&config);
}

static void a_home_that_is_not_known_is_missed_only_where_needed(void **state)
{
    static const struct adit_ssh_target homeless = { .host = "gw" };
    struct adit_ssh_config config;

    (void)state;
    adit_ssh_config_init(&config, &homeless, NULL);
    assert_int_equal(adit_ssh_config_finish(&config), ADIT_OK);
    assert_int_equal(config.identity_files.count, 0);
    assert_string_equal(config.user, "");
    adit_ssh_config_clear(&config);

    adit_ssh_config_init(&config, &homeless, NULL);
    assert_int_equal(adit_ssh_config_option(&config, "IdentityFile=~/k"), ADIT_OK);
    assert_int_equal(adit_ssh_config_finish(&config), ADIT_ERR_FORMAT);
    assert_string_equal(config.error, "IdentityFile: the home folder (~) is not known");
    adit_ssh_config_clear(&config);

    adit_ssh_config_init(&config, &target, NULL);
    assert_int_equal(adit_ssh_config_option(&config, "IdentityFile=~bob/k"), ADIT_OK);
    assert_int_equal(adit_ssh_config_finish(&config), ADIT_ERR_FORMAT);
    assert_string_equal(config.error, "IdentityFile: ~bob: there is no such user");
    adit_ssh_config_clear(&config);
}

static void sizes_of_lines_files_and_lists_are_bounded(void **state)
{
    struct adit_ssh_config config;
    uint8_t *text = malloc(ADIT_CONFIG_FILE_MAX + 1);
    char name[16];

    (void)state;
    assert_non_null(text);
    memset(text, '\n', ADIT_CONFIG_FILE_MAX + 1);
    adit_ssh_config_init(&config, &target, NULL);
    assert_int_equal(
        adit_ssh_config_parse(&config, "big", adit_span_of(text, ADIT_CONFIG_FILE_MAX), "/"),
        ADIT_OK);
    assert_int_equal(
        adit_ssh_config_parse(&config, "big", adit_span_of(text, ADIT_CONFIG_FILE_MAX + 1), "/"),
        ADIT_ERR_LIMIT);
    assert_string_equal(config.error, "big: the file is larger than 1 MiB");
    memset(text + 1, '#', ADIT_CONFIG_LINE_MAX + 1);
    assert_int_equal(
        adit_ssh_config_parse(&config, "big", adit_span_of(text, ADIT_CONFIG_LINE_MAX + 2), "/"),
        ADIT_ERR_LIMIT);
    assert_string_equal(config.error, "big:2: the line is longer than 8192 bytes");
    for (unsigned i = 0; i < ADIT_SSH_IDENTITIES_MAX; i++) {
        (void)snprintf(name, sizeof name, "k%u", i);
        assert_int_equal(adit_ssh_config_set(&config, "IdentityFile", name), ADIT_OK);
    }
    assert_int_equal(adit_ssh_config_set(&config, "IdentityFile", "k0"), ADIT_OK);
    assert_int_equal(adit_ssh_config_set(&config, "IdentityFile", "k"), ADIT_ERR_LIMIT);
    adit_ssh_config_clear(&config);
    free(text);
}

static const char sample[] = "# all of it\n"
                             "IgnoreUnknown X*\nXyz 1\n"
                             "Host gw.*\n"
                             "  HostName = \"%h\"\n  User tunnel\n  Port 2222\n"
                             "  IdentityFile '~/my key'\n  IdentityFile %d/50%%\n"
                             "  UserKnownHostsFile ~/a \"b c\" d#e\n"
                             "  LocalForward [::1]:3307 db:3306\n  RemoteForward 0:[::1]:22\n"
                             "  Ciphers ^aes256-ctr\n  RekeyLimit 1M 2h30m\n"
                             "Match user tunnel host *\n  ConnectTimeout 1d\n";

static void every_truncation_reads_no_byte_too_far(void **state)
{
    (void)state;
    for (size_t len = 0; len < sizeof sample; len++) {
        const struct adit_span copy = exact_copy(sample, len);
        struct adit_ssh_config config;
        enum adit_err err;

        adit_ssh_config_init(&config, &target, NULL);
        err = adit_ssh_config_parse(&config, "config", copy, "~/.ssh");
        if (!err)
            err = adit_ssh_config_finish(&config);
        assert_true((err == ADIT_OK) == (config.error[0] == '\0'));
        adit_ssh_config_clear(&config);
        exact_free(copy);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_any_source_the_defaults_hold),
        cmocka_unit_test(every_keyword_takes_effect),
        cmocka_unit_test(bad_values_are_refused_with_file_and_line),
        cmocka_unit_test(the_first_value_wins),
        cmocka_unit_test(only_blocks_for_the_host_count),
        cmocka_unit_test(algorithm_lists_follow_their_sign),
        cmocka_unit_test(options_on_the_command_line_are_lines),
        cmocka_unit_test(a_home_that_is_not_known_is_missed_only_where_needed),
        cmocka_unit_test(sizes_of_lines_files_and_lists_are_bounded),
        cmocka_unit_test(every_truncation_reads_no_byte_too_far),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
