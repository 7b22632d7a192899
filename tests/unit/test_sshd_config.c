/* SPDX-License-Identifier: BSD-2-Clause */
#include "config/sshd_config.h"

#include "exact.h"
#include "fake_files.h"

static const char debian[] = "Include /etc/ssh/sshd_config.d/*.conf\n"
                             "#Port 22\n"
                             "KbdInteractiveAuthentication no\n"
                             "UsePAM yes\n"
                             "X11Forwarding yes\n"
                             "PrintMotd no\n"
                             "AcceptEnv LANG LC_*\n"
                             "Subsystem\tsftp\t/usr/lib/openssh/sftp-server\n";

static const struct fake_file no_files[] = { { NULL, NULL } };

/* Reads a text in an exactly sized block and finishes. */
static enum adit_err read_text(struct adit_sshd_config *config, const char *text)
{
    const struct adit_span copy = exact_copy(text, strlen(text));
    enum adit_err err = adit_sshd_config_parse(config, "sshd_config", copy);

    if (!err)
        err = adit_sshd_config_finish(config);
    exact_free(copy);
    return err;
}

static void load(struct adit_sshd_config *config, const char *text)
{
    adit_sshd_config_init(config, NULL);
    if (read_text(config, text))
        fail_msg("\"%s\": %s", text, config->error);
}

static void check_print(const char *text, const char *line)
{
    struct adit_buffer out = adit_buffer_init(65536);
    struct adit_sshd_config config;

    load(&config, text);
    assert_int_equal(adit_buffer_append(&out, adit_span_text("\n")), ADIT_OK);
    assert_int_equal(adit_sshd_config_print(&config, &out), ADIT_OK);
    assert_int_equal(adit_buffer_append(&out, adit_span_of("", 1)), ADIT_OK);
    if (!strstr((const char *)out.data, line))
        fail_msg("\"%s\" does not give \"%s\" but %s", text, line, (const char *)out.data);
    adit_buffer_clear(&out);
    adit_sshd_config_clear(&config);
}

static void check_error(const char *text, enum adit_err err, const char *sentence)
{
    struct adit_sshd_config config;

    adit_sshd_config_init(&config, NULL);
    assert_int_equal(read_text(&config, text), err);
    assert_string_equal(config.error, sentence);
    adit_sshd_config_clear(&config);
}

static void without_any_source_the_defaults_hold(void **state)
{
    struct adit_sshd_config config;

    (void)state;
    load(&config, "");
    assert_int_equal(config.listen_address_count, 1);
    assert_string_equal(config.listen_addresses[0].host, "*");
    assert_int_equal(config.listen_addresses[0].port, 22);
    assert_string_equal(config.host_keys.items[0], "/etc/aditd/ssh_host_ed25519_key");
    assert_string_equal(config.authorized_keys_files.items[0], "/etc/aditd/authorized_keys/%u");
    assert_true(config.pubkey_authentication);
    assert_null(config.password_file);
    assert_true(config.strict_modes);
    assert_int_equal(config.allow_tcp_forwarding, ADIT_FORWARDING_ALL);
    assert_int_equal(config.gateway_ports, ADIT_GATEWAY_PORTS_NO);
    assert_true(config.permit_open.restricted);
    assert_true(config.permit_listen.restricted);
    assert_int_equal(config.client_alive_interval_ms, 15000);
    assert_int_equal(config.login_grace_time_ms, 120000);
    assert_int_equal(config.max_auth_tries, 6);
    assert_int_equal(config.max_channels, 16384);
    assert_int_equal(config.workers, 0);
    assert_false(config.require_strict_kex);
    adit_sshd_config_clear(&config);
}

/* + adds to what the gateway offers, which is less than what it knows. */
static void no_group_is_offered_unless_it_is_named(void **state)
{
    static const struct {
        const char *text;
        bool offered;
    } cases[] = {
        { "KexAlgorithms +ecdh-sha2-nistp256", false },
        { "KexAlgorithms -curve25519*", false },
        { "KexAlgorithms +diffie-hellman-group14-sha256", true },
        { "KexAlgorithms ^diffie-hellman-group16-sha512", true },
        { "KexAlgorithms diffie-hellman-group18-sha512", true },
    };

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(cases); i++) {
        struct adit_sshd_config config;

        load(&config, cases[i].text);
        assert_int_equal(strstr(config.algorithms.kex, "diffie-hellman") != NULL, cases[i].offered);
        adit_sshd_config_clear(&config);
    }
}

static void sshd_defaults_are_those_of_sshd(void **state)
{
    struct adit_sshd_config config;

    (void)state;
    load(&config, "SshdDefaults yes");
    assert_int_equal(config.host_keys.count, 3);
    assert_string_equal(config.host_keys.items[0], "/etc/ssh/ssh_host_rsa_key");
    assert_string_equal(config.authorized_keys_files.items[0], ".ssh/authorized_keys");
    assert_false(config.permit_open.restricted);
    assert_false(config.permit_listen.restricted);
    assert_int_equal(config.client_alive_interval_ms, 0);
    assert_int_equal(config.max_startups.full, 100);
    adit_sshd_config_clear(&config);
}

/* Each keyword: a line, and what is printed for it. No option without a test. */
static void every_keyword_takes_effect(void **state)
{
    static const struct {
        const char *text;
        const char *printed;
    } rows[] = {
        { "SshdDefaults yes", "\nsshddefaults yes\n" },
        { "Port 2222", "\nlistenaddress *:2222\n" },
        { "Port 1\nPort 2", "\nport 1\nport 2\nlistenaddress *:1\nlistenaddress *:2\n" },
        { "ListenAddress 10.0.0.1", "\nlistenaddress 10.0.0.1:22\n" },
        { "ListenAddress gw.example:443", "\nlistenaddress gw.example:443\n" },
        { "ListenAddress [::1]:443", "\nlistenaddress [::1]:443\n" },
        { "ListenAddress [::1]", "\nlistenaddress [::1]:22\n" },
        { "ListenAddress ::", "\nlistenaddress [::]:22\n" },
        { "Port 1\nListenAddress a\nListenAddress b:9\nPort 2",
          "\nlistenaddress a:1\nlistenaddress a:2\nlistenaddress b:9\naddressfamily" },
        { "AddressFamily inet", "\naddressfamily inet\n" },
        { "HostKey /a\nHostKey \"/b c\"", "\nhostkey /a\nhostkey \"/b c\"\n" },
        { "AuthorizedKeysFile /k/%u %h/k 100%%", "\nauthorizedkeysfile /k/%u %h/k 100%%\n" },
        { "AuthorizedKeysFile none", "\nauthorizedkeysfile none\n" },
        { "PubkeyAuthentication no", "\npubkeyauthentication no\n" },
        { "PasswordAuthentication no", "\npasswordauthentication no\n" },
        { "PasswordFile /p", "\npasswordfile /p\n" },
        { "PasswordFile none", "\npasswordfile none\n" },
        { "AllowUsers a b@10.*\nAllowUsers c",
          "\nallowusers a\nallowusers b@10.*\nallowusers c\n" },
        { "DenyUsers root", "\ndenyusers root\n" },
        { "StrictModes no", "\nstrictmodes no\n" },
        { "Banner /b", "\nbanner /b\n" },
        { "Banner none", "\nbanner none\n" },
        { "AllowTcpForwarding all", "\nallowtcpforwarding yes\n" },
        { "AllowTcpForwarding no", "\nallowtcpforwarding no\n" },
        { "AllowTcpForwarding local", "\nallowtcpforwarding local\n" },
        { "AllowTcpForwarding remote", "\nallowtcpforwarding remote\n" },
        { "AllowStreamLocalForwarding local", "\nallowstreamlocalforwarding local\n" },
        { "StreamLocalBindMask 0111", "\nstreamlocalbindmask 0111\n" },
        { "StreamLocalBindUnlink yes", "\nstreamlocalbindunlink yes\n" },
        { "PermitOpen db:1 /run/s", "\npermitopen db:1 /run/s\n" },
        { "PermitListen /run/s", "\npermitlisten /run/s\n" },
        { "GatewayPorts clientspecified", "\ngatewayports clientspecified\n" },
        { "PermitOpen db:3306 *:80 [::1]:* h:*", "\npermitopen db:3306 *:80 [::1]:* h:*\n" },
        { "PermitOpen none", "\npermitopen none\n" },
        { "PermitOpen any", "\npermitopen any\n" },
        { "PermitListen 8080 localhost:80 *:1", "\npermitlisten 8080 localhost:80 *:1\n" },
        { "PermitListen *", "\npermitlisten *\n" },
        { "ClientAliveInterval 1m", "\nclientaliveinterval 60\n" },
        { "ClientAliveCountMax 0", "\nclientalivecountmax 0\n" },
        { "LoginGraceTime 2m", "\nlogingracetime 120\n" },
        { "LoginGraceTime 0", "\nlogingracetime 0\n" },
        { "MaxAuthTries 3", "\nmaxauthtries 3\n" },
        { "MaxChannels 100", "\nmaxchannels 100\n" },
        { "MaxUserSessions 8", "\nmaxusersessions 8\n" },
        { "WindowMemory 16M", "\nwindowmemory 16777216\n" },
        { "WindowMemory 1G", "\nwindowmemory 1073741824\n" },
        { "MaxStartups 10:30:60", "\nmaxstartups 10:30:60\n" },
        { "MaxStartups 5", "\nmaxstartups 5:100:5\n" },
        { "TCPKeepAlive no", "\ntcpkeepalive no\n" },
        { "UseDNS yes", "\nusedns yes\n" },
        { "Workers 256", "\nworkers 256\n" },
        { "KexAlgorithms curve25519-sha256", "\nkexalgorithms curve25519-sha256\n" },
        { "HostKeyAlgorithms ssh-ed25519", "\nhostkeyalgorithms ssh-ed25519\n" },
        { "Ciphers aes256-ctr", "\nciphers aes256-ctr\n" },
        { "MACs hmac-sha2-512", "\nmacs hmac-sha2-512\n" },
        { "PubkeyAcceptedKeyTypes ssh-ed25519", "\npubkeyacceptedalgorithms ssh-ed25519\n" },
        { "RequireStrictKex yes", "\nrequirestrictkex yes\n" },
        { "CASignatureAlgorithms ssh-*", "\ncasignaturealgorithms ssh-ed25519\n" },
        { "Compression delayed", "\ncompression yes\n" },
        { "Compression no", "\ncompression no\n" },
        { "RekeyLimit 512M none", "\nrekeylimit 536870912 none\n" },
        { "LogLevel VERBOSE", "\nloglevel VERBOSE\n" },
        { "SyslogFacility local3", "\nsyslogfacility LOCAL3\n" },
        { "PidFile /run/aditd.pid", "\npidfile /run/aditd.pid\n" },
        { "PidFile none", "\npidfile none\n" },
        { "Port 1\nport 2\nMaxAuthTries 1\nMaxAuthTries 2", "\nmaxauthtries 1\n" },
    };

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(rows); i++)
        check_print(rows[i].text, rows[i].printed);
}

/* What -T prints must not turn a default that depends on the key into `any`. */
static void permits_that_were_not_given_are_not_printed(void **state)
{
    struct adit_buffer out = adit_buffer_init(65536);
    struct adit_sshd_config config;

    (void)state;
    load(&config, "");
    assert_int_equal(adit_sshd_config_print(&config, &out), ADIT_OK);
    assert_int_equal(adit_buffer_append(&out, adit_span_of("", 1)), ADIT_OK);
    assert_null(strstr((const char *)out.data, "permit"));
    adit_buffer_clear(&out);
    adit_sshd_config_clear(&config);
}

static void bad_values_are_refused_with_file_and_line(void **state)
{
    static const struct {
        const char *text;
        const char *error;
    } rows[] = {
        { "\nPort 0", "sshd_config:2: Port: \"0\" is not a port from 1 to 65535" },
        { "Port 65536", "sshd_config:1: Port: \"65536\" is not a port from 1 to 65535" },
        { "Port a", "sshd_config:1: Port: \"a\" is not a port from 1 to 65535" },
        { "Nonsense yes", "sshd_config:1: unknown keyword \"Nonsense\"" },
        { "ListenAddress a:", "sshd_config:1: ListenAddress: \"a:\" is not an address, "
                              "address:port or [IPv6]:port" },
        { "ListenAddress a:0", "sshd_config:1: ListenAddress: \"a:0\" is not an address, "
                               "address:port or [IPv6]:port" },
        { "ListenAddress [::1", "sshd_config:1: ListenAddress: \"[::1\" is not an address, "
                                "address:port or [IPv6]:port" },
        { "ListenAddress []:1", "sshd_config:1: ListenAddress: \"[]:1\" is not an address, "
                                "address:port or [IPv6]:port" },
        { "ListenAddress [a]b", "sshd_config:1: ListenAddress: \"[a]b\" is not an address, "
                                "address:port or [IPv6]:port" },
        { "ListenAddress a:65536", "sshd_config:1: ListenAddress: \"a:65536\" is not an address, "
                                   "address:port or [IPv6]:port" },
        { "ListenAddress a rdomain b",
          "sshd_config:1: ListenAddress: \"rdomain\" is not expected after the value" },
        { "GatewayPorts maybe",
          "sshd_config:1: GatewayPorts: \"maybe\" is not one of no, yes, clientspecified" },
        { "PermitOpen db", "sshd_config:1: PermitOpen: \"db\" is not host:port or a path" },
        { "PermitOpen db:65536",
          "sshd_config:1: PermitOpen: \"db:65536\" is not host:port or a path" },
        { "PermitOpen db:4294967295",
          "sshd_config:1: PermitOpen: \"db:4294967295\" is not host:port or a path" },
        { "PermitOpen db:0", "sshd_config:1: PermitOpen: \"db:0\" is not host:port or a path" },
        { "PermitOpen any db:80", "sshd_config:1: PermitOpen: \"any\" is not host:port or a path" },
        { "PermitListen x",
          "sshd_config:1: PermitListen: \"x\" is not a port, host:port or a path" },
        { "AuthorizedKeysFile %x", "sshd_config:1: AuthorizedKeysFile: unknown % token \"%x\"" },
        { "AuthorizedKeysFile a \"\"", "sshd_config:1: AuthorizedKeysFile: an empty value" },
        { "MaxStartups 10:30", "sshd_config:1: MaxStartups: \"10:30\" is not a number, or "
                               "start:rate:full such as 10:30:100" },
        { "MaxStartups 10:101:20", "sshd_config:1: MaxStartups: \"10:101:20\" is not a number, or "
                                   "start:rate:full such as 10:30:100" },
        { "MaxStartups 10:30:5", "sshd_config:1: MaxStartups: \"10:30:5\" is not a number, or "
                                 "start:rate:full such as 10:30:100" },
        { "MaxStartups 1:2:3:4", "sshd_config:1: MaxStartups: \"1:2:3:4\" is not a number, or "
                                 "start:rate:full such as 10:30:100" },
        { "MaxStartups 1:2:", "sshd_config:1: MaxStartups: \"1:2:\" is not a number, or "
                              "start:rate:full such as 10:30:100" },
        { "MaxStartups 0", "sshd_config:1: MaxStartups: \"0\" is not a number, or "
                           "start:rate:full such as 10:30:100" },
        { "LoginGraceTime 1x",
          "sshd_config:1: LoginGraceTime: \"1x\" is not a time such as 90 or 1m30s" },
        { "LoginGraceTime 999999w",
          "sshd_config:1: LoginGraceTime: \"999999w\" is not a time such as 90 or 1m30s" },
        { "SyslogFacility KERN", "sshd_config:1: SyslogFacility: \"KERN\" is not one of DAEMON, "
                                 "USER, AUTH, AUTHPRIV, LOCAL0 to LOCAL7" },
        { "RequireStrictKex perhaps",
          "sshd_config:1: RequireStrictKex: \"perhaps\" is not one of yes, no, true, false" },
        { "MaxChannels -1", "sshd_config:1: MaxChannels: \"-1\" is not a number up to 2147483647" },
        { "WindowMemory 0", "sshd_config:1: WindowMemory: \"0\" is not a size such as 256M" },
        { "Workers 257", "sshd_config:1: Workers: \"257\" is not a number up to 256" },
        { "MaxAuthTries 9999999999",
          "sshd_config:1: MaxAuthTries: \"9999999999\" is not a number up to 2147483647" },
    };

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(rows); i++)
        check_error(rows[i].text, ADIT_ERR_FORMAT, rows[i].error);
    check_error("Port 1\nMatch User a", ADIT_ERR_UNSUPPORTED,
                "sshd_config:2: Match is not supported yet");
}

static void a_stock_file_loads_with_sshd_defaults_only(void **state)
{
    static const char *const places[][2] = {
        { "SshdDefaults yes\n", "" },
        { "", "SshdDefaults yes\n" },
    };
    struct fake_files files = { .list = no_files };
    const struct adit_config_files callbacks = fake_callbacks(&files);
    struct adit_sshd_config config;
    char text[1024];

    (void)state;
    check_error(debian, ADIT_ERR_UNSUPPORTED,
                "sshd_config:4: UsePAM is not supported: the gateway does not use PAM (or set "
                "SshdDefaults yes)");
    for (size_t i = 0; i < ADIT_ARRAY_LEN(places); i++) {
        (void)snprintf(text, sizeof text, "%s%s%s", places[i][0], debian, places[i][1]);
        files.notes[0] = '\0';
        adit_sshd_config_init(&config, &callbacks);
        assert_int_equal(read_text(&config, text), ADIT_OK);
        assert_non_null(strstr(files.notes, ": UsePAM is not supported"));
        assert_non_null(strstr(files.notes, ": X11Forwarding is not supported"));
        assert_non_null(strstr(files.notes, ": AcceptEnv is not supported"));
        assert_non_null(strstr(files.notes, ": Subsystem has no effect"));
        assert_null(strstr(files.notes, "PrintMotd"));
        adit_sshd_config_clear(&config);
    }
    adit_sshd_config_init(&config, NULL);
    assert_int_equal(adit_sshd_config_option(&config, "SshdDefaults=yes"), ADIT_OK);
    assert_int_equal(adit_sshd_config_option(&config, "UsePAM=yes"), ADIT_OK);
    assert_int_equal(read_text(&config, debian), ADIT_OK);
    adit_sshd_config_clear(&config);

    adit_sshd_config_init(&config, NULL);
    assert_int_equal(adit_sshd_config_option(&config, "SshdDefaults=no"), ADIT_OK);
    (void)snprintf(text, sizeof text, "SshdDefaults yes\n%s", debian);
    assert_int_equal(read_text(&config, text), ADIT_ERR_UNSUPPORTED);
    adit_sshd_config_clear(&config);
}

static void methods_and_their_lists_are_read(void **state)
{
    struct adit_sshd_config config;

    (void)state;
    load(&config, "");
    assert_false(config.kbd_interactive_authentication);
    assert_int_equal(config.authentication_methods.count, 0);
    adit_sshd_config_clear(&config);
    load(&config, "KbdInteractiveAuthentication yes\n"
                  "AuthenticationMethods publickey,password publickey,publickey\n");
    assert_true(config.kbd_interactive_authentication);
    assert_int_equal(config.authentication_methods.count, 2);
    assert_string_equal(config.authentication_methods.items[1], "publickey,publickey");
    adit_sshd_config_clear(&config);
}

static void what_would_let_in_fewer_is_refused_even_then(void **state)
{
    static const char *const lines[] = {
        "AllowGroups wheel",
        "DenyGroups x",
        "RevokedKeys /krl",
        "DisableForwarding yes",
        "RequiredRSASize 4096",
        "PerSourceMaxStartups 1",
        "PubkeyAuthOptions verify-required",
        "ChannelTimeout *=1m",
        "UnusedConnectionTimeout 1m",
        "PerSourcePenalties yes",
        "RefuseConnection yes",
    };
    struct adit_sshd_config config;

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(lines); i++) {
        adit_sshd_config_init(&config, NULL);
        assert_int_equal(adit_sshd_config_option(&config, "SshdDefaults=yes"), ADIT_OK);
        assert_int_equal(read_text(&config, lines[i]), ADIT_ERR_UNSUPPORTED);
        adit_sshd_config_clear(&config);
    }
}

static void settings_of_shells_may_be_switched_off(void **state)
{
    static const char *const lines[] = {
        "X11Forwarding no",
        "AllowAgentForwarding no",
        "PermitTTY no",
        "PermitUserRC no",
        "PrintMotd no",
        "UsePAM no",
        "PermitRootLogin no",
        "ForceCommand none",
        "ChrootDirectory none",
        "PermitTunnel no",
        "AllowStreamLocalForwarding yes",
        "GSSAPIAuthentication no",
        "HostbasedAuthentication no",
        "KerberosAuthentication no",
        "PermitUserEnvironment no",
        "ChallengeResponseAuthentication no",
        "MaxSessions 1",
        "DisableForwarding no",
    };

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(lines); i++)
        check_print(lines[i], "\nport 22\n");
}

static void included_files_are_read_in_their_place(void **state)
{
    static const struct fake_file list[] = {
        { "/etc/aditd/aditd_config", "Port 1\nInclude aditd.d/*.conf\nPort 3\nMaxAuthTries 9\n" },
        { "/etc/ssh/aditd.d/a.conf", "Port 2\nMaxAuthTries 1\n" },
        { "/etc/ssh/aditd.d/b.conf", "# nothing\n" },
        { "/denied", NULL },
        { NULL, NULL },
    };
    struct fake_files files = { .list = list };
    const struct adit_config_files callbacks = fake_callbacks(&files);
    struct adit_sshd_config config;

    (void)state;
    adit_sshd_config_init(&config, &callbacks);
    assert_int_equal(adit_sshd_config_read(&config, "/etc/aditd/aditd_config"), ADIT_OK);
    assert_int_equal(adit_sshd_config_finish(&config), ADIT_OK);
    assert_int_equal(config.listen_address_count, 3);
    assert_int_equal(config.listen_addresses[1].port, 2);
    assert_int_equal(config.max_auth_tries, 1);
    adit_sshd_config_clear(&config);

    adit_sshd_config_init(&config, &callbacks);
    assert_int_equal(adit_sshd_config_read(&config, "/none"), ADIT_ERR_NOT_FOUND);
    assert_string_equal(config.error, "/none: not found");
    assert_int_equal(adit_sshd_config_read(&config, "/denied"), ADIT_ERR_SYSTEM);
    assert_string_equal(config.error, "/denied: Permission denied");
    adit_sshd_config_clear(&config);
}

static void options_come_before_the_file(void **state)
{
    struct adit_sshd_config config;

    (void)state;
    adit_sshd_config_init(&config, NULL);
    assert_int_equal(adit_sshd_config_option(&config, "MaxAuthTries=2"), ADIT_OK);
    assert_int_equal(read_text(&config, "MaxAuthTries 3"), ADIT_OK);
    assert_int_equal(config.max_auth_tries, 2);
    assert_true(adit_sshd_config_is_set(&config, "maxauthtries"));
    assert_false(adit_sshd_config_is_set(&config, "UseDNS"));
    assert_false(adit_sshd_config_is_set(&config, "Nonsense"));
    assert_int_equal(adit_sshd_config_option(&config, "Port=x"), ADIT_ERR_FORMAT);
    assert_string_equal(config.error, "command line: Port: \"x\" is not a port from 1 to 65535");
    assert_int_equal(adit_sshd_config_option(&config, ""), ADIT_ERR_FORMAT);
    assert_string_equal(config.error, "command line: the option is empty");
    adit_sshd_config_clear(&config);
}

static void lists_are_bounded(void **state)
{
    struct adit_sshd_config config;

    (void)state;
    adit_sshd_config_init(&config, NULL);
    for (unsigned i = 0; i < 64; i++)
        assert_int_equal(adit_sshd_config_option(&config, "Port=1"), ADIT_OK);
    assert_int_equal(adit_sshd_config_option(&config, "Port=1"), ADIT_ERR_LIMIT);
    for (unsigned i = 0; i < 256; i++)
        assert_int_equal(adit_sshd_config_option(&config, "ListenAddress=a"), ADIT_OK);
    assert_int_equal(adit_sshd_config_option(&config, "ListenAddress=a"), ADIT_ERR_LIMIT);
    adit_sshd_config_clear(&config);
}

static const char sample[] = "SshdDefaults yes\nPort 2222\nListenAddress [::1]\n"
                             "ListenAddress 10.0.0.1:443\nHostKey \"/a b\"\n"
                             "AuthorizedKeysFile %h/.k /k/%u%%\nAllowUsers a b@*\nUsePAM yes\n"
                             "PermitOpen db:3306 [::1]:*\nPermitListen 80 *:81\n"
                             "MaxStartups 1:2:3\nRekeyLimit 1G 1h\nCiphers -*ctr\n";

static void what_is_printed_reads_back_the_same(void **state)
{
    struct adit_buffer first = adit_buffer_init(65536);
    struct adit_buffer second = adit_buffer_init(65536);
    struct adit_sshd_config config;

    (void)state;
    load(&config, sample);
    assert_int_equal(adit_sshd_config_print(&config, &first), ADIT_OK);
    adit_sshd_config_clear(&config);
    assert_int_equal(adit_buffer_append(&first, adit_span_of("", 1)), ADIT_OK);
    load(&config, (const char *)first.data);
    first.len--;
    assert_int_equal(adit_sshd_config_print(&config, &second), ADIT_OK);
    assert_true(adit_span_equal(adit_buffer_span(&first), adit_buffer_span(&second)));
    adit_sshd_config_clear(&config);
    adit_buffer_clear(&first);
    adit_buffer_clear(&second);
}

static void every_truncation_reads_no_byte_too_far(void **state)
{
    (void)state;
    for (size_t len = 0; len < sizeof sample; len++) {
        const struct adit_span copy = exact_copy(sample, len);
        struct adit_sshd_config config;
        enum adit_err err;

        adit_sshd_config_init(&config, NULL);
        err = adit_sshd_config_parse(&config, "sshd_config", copy);
        if (!err)
            err = adit_sshd_config_finish(&config);
        assert_true((err == ADIT_OK) == (config.error[0] == '\0'));
        adit_sshd_config_clear(&config);
        exact_free(copy);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_any_source_the_defaults_hold),
        cmocka_unit_test(no_group_is_offered_unless_it_is_named),
        cmocka_unit_test(sshd_defaults_are_those_of_sshd),
        cmocka_unit_test(every_keyword_takes_effect),
        cmocka_unit_test(permits_that_were_not_given_are_not_printed),
        cmocka_unit_test(bad_values_are_refused_with_file_and_line),
        cmocka_unit_test(a_stock_file_loads_with_sshd_defaults_only),
        cmocka_unit_test(methods_and_their_lists_are_read),
        cmocka_unit_test(what_would_let_in_fewer_is_refused_even_then),
        cmocka_unit_test(settings_of_shells_may_be_switched_off),
        cmocka_unit_test(included_files_are_read_in_their_place),
        cmocka_unit_test(options_come_before_the_file),
        cmocka_unit_test(lists_are_bounded),
        cmocka_unit_test(what_is_printed_reads_back_the_same),
        cmocka_unit_test(every_truncation_reads_no_byte_too_far),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
