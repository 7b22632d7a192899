/* SPDX-License-Identifier: BSD-2-Clause */
/* What of ssh's configuration stops adit, what is passed over, and what is said about it. */
#include "config/ssh_config.h"

#include "exact.h"
#include "fake_files.h"

static const struct adit_ssh_target target = {
    .host = "gw.example",
    .local_user = "local",
    .home = "/homes/local",
    .local_host = "here.example",
    .local_id = 7,
};

/* Reads and finishes it; the notes are in `files`. */
static enum adit_err read_text(struct adit_ssh_config *config, const char *text,
                               struct fake_files *files)
{
    static const struct fake_file none[] = { { NULL, NULL } };
    static struct adit_config_files callbacks;
    const struct adit_span copy = exact_copy(text, strlen(text));
    enum adit_err err;

    *files = (struct fake_files){ .list = none };
    callbacks = fake_callbacks(files);
    adit_ssh_config_init(config, &target, &callbacks);
    err = adit_ssh_config_parse(config, "config", copy, "~/.ssh");
    if (!err)
        err = adit_ssh_config_finish(config);
    exact_free(copy);
    return err;
}

/* What users would rely on. */
static void a_promise_that_would_not_be_kept_is_refused(void **state)
{
    static const struct {
        const char *text, *error;
    } rows[] = {
        { "Tunnel ethernet", "config:1: Tunnel is not supported: " },
        { "RevokedHostKeys /etc/krl", "config:1: RevokedHostKeys is not supported: " },
        { "KnownHostsCommand /bin/x", "config:1: KnownHostsCommand is not supported: " },
        { "RequiredRSASize 4096", "config:1: RequiredRSASize is not supported: " },
        { "ChannelTimeout *=10m", "config:1: ChannelTimeout is not supported: " },
        { "RefuseConnection no", "config:1: RefuseConnection is not supported: " },
        { "PermitRemoteOpen a:1", "config:1: PermitRemoteOpen is not supported: " },
        { "ProxyUseFdpass yes\nProxyCommand nc", "ProxyUseFdpass is not supported: " },
        { "Match localnetwork 10.0.0.0/8", "config:1: Match localnetwork is not supported" },
        { "HostName ${X}", "config:1: HostName: ${…} is not supported" },
    };

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(rows); i++) {
        struct adit_ssh_config config;
        struct fake_files files;

        if (read_text(&config, rows[i].text, &files) != ADIT_ERR_UNSUPPORTED)
            fail_msg("taken: %s", rows[i].text);
        assert_memory_equal(config.error, rows[i].error, strlen(rows[i].error));
        adit_ssh_config_clear(&config);
    }
}

static void what_adit_does_anyway_may_be_asked_for(void **state)
{
    static const char *const texts[] = {
        "ProxyJump none",          "ProxyCommand NONE",
        "CanonicalizeHostname no", "Tunnel no",
        "RequiredRSASize 2048",    "Host other\nProxyJump bastion",
        "PermitRemoteOpen any",    "RevokedHostKeys none",
        "ProxyUseFdpass yes",      "ProxyUseFdpass yes\nProxyCommand none",
        "ControlMaster auto",      "ControlPersist 10m",
    };

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(texts); i++) {
        struct adit_ssh_config config;
        struct fake_files files;

        if (read_text(&config, texts[i], &files) != ADIT_OK)
            fail_msg("%s: %s", texts[i], config.error);
        assert_string_equal(files.notes, "");
        adit_ssh_config_clear(&config);
    }
}

static void what_tunnels_have_no_use_for_is_noted(void **state)
{
    static const struct {
        const char *text, *note;
    } rows[] = {
        { "ForwardAgent yes", "ForwardAgent has no effect on tunnels" },
        { "RequestTTY force", "RequestTTY has no effect on tunnels" },
        { "SendEnv LANG LC_*", "SendEnv has no effect on tunnels" },
        { "SetEnv A=b", "SetEnv has no effect on tunnels" },
        { "ForwardX11 yes", "ForwardX11 has no effect on tunnels" },
        { "EscapeChar none", "EscapeChar has no effect on tunnels" },
        { "VisualHostKey yes", "VisualHostKey has no effect on tunnels" },
        { "SessionType none", "SessionType has no effect on tunnels" },
        { "StdinNull yes", "StdinNull has no effect on tunnels" },
        { "ForkAfterAuthentication yes", "ForkAfterAuthentication has no effect on tunnels" },
        { "GSSAPIAuthentication yes", "GSSAPIAuthentication has no effect on tunnels" },
        { "KerberosAuthentication no", "KerberosAuthentication has no effect on tunnels" },
        { "Protocol 1", "Protocol has no effect on tunnels" },
        { "PermitLocalCommand yes", "PermitLocalCommand has no effect: adit runs no LocalCommand" },
        { "LocalCommand rm -rf /", "LocalCommand has no effect: adit runs no such command" },
        { "PKCS11Provider /x.so",
          "PKCS11Provider has no effect: keys of such tokens are used through an agent" },
    };

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(rows); i++) {
        struct adit_ssh_config config;
        struct fake_files files;
        char note[160];

        (void)snprintf(note, sizeof note, "config:1: %s\n", rows[i].note);
        assert_int_equal(read_text(&config, rows[i].text, &files), ADIT_OK);
        assert_string_equal(files.notes, note);
        assert_string_equal(config.error, "");
        adit_ssh_config_clear(&config);
    }
}

static void what_is_left_out_is_warned_of(void **state)
{
    static const struct {
        const char *line;
        const char *notes;
    } rows[] = {
        { "VerifyHostKeyDNS yes",
          "WARNING\nconfig:1: VerifyHostKeyDNS is passed over: adit looks for no host keys in the "
          "DNS\n" },
        { "VerifyHostKeyDNS ask",
          "WARNING\nconfig:1: VerifyHostKeyDNS is passed over: adit looks for no host keys in the "
          "DNS\n" },
        { "VerifyHostKeyDNS no", "" },
        { "Host other\nVerifyHostKeyDNS yes", "" },
    };

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(rows); i++) {
        struct fake_files files;
        struct adit_ssh_config config;

        assert_int_equal(read_text(&config, rows[i].line, &files), ADIT_OK);
        assert_string_equal(files.notes, rows[i].notes);
        adit_ssh_config_clear(&config);
    }
}

static void assert_printed(const struct adit_ssh_config *config, const char *text)
{
    struct adit_buffer out = adit_buffer_init(65536);

    assert_int_equal(adit_ssh_config_print(config, &out), ADIT_OK);
    assert_int_equal(adit_buffer_append(&out, adit_span_of("", 1)), ADIT_OK);
    if (!strstr((const char *)out.data, text))
        fail_msg("\"%s\" is not in %s", text, (const char *)out.data);
    adit_buffer_clear(&out);
}

static void algorithms_that_only_ssh_has_are_passed_over(void **state)
{
    static const struct {
        const char *line;
        const char *kept; /* what the settings that are printed have in that place */
        const char *note; /* NULL: none */
    } rows[] = {
        { "HostKeyAlgorithms +ssh-rsa", ",rsa-sha2-256\n",
          "config:1: HostKeyAlgorithms: \"ssh-rsa\" is passed over: adit does not have it\n" },
        { "PubkeyAcceptedAlgorithms +ssh-rsa", "pubkeyacceptedalgorithms ssh-ed25519-cert", "" },
        { "KexAlgorithms +diffie-hellman-group1-sha1", ",diffie-hellman-group-exchange-sha256\n",
          "" },
        { "Ciphers aes128-cbc,aes256-ctr,3des-cbc", "ciphers aes256-ctr\n",
          "config:1: Ciphers: \"aes128-cbc\" is passed over: adit does not have it\n" },
        { "MACs hmac-sha1,hmac-sha2-256", "macs hmac-sha2-256\n", "" },
        { "HostKeyAlgorithms ssh-ed25519*,rsa-sha2-*",
          "hostkeyalgorithms ssh-ed25519-cert-v01@openssh.com,ssh-ed25519,"
          "rsa-sha2-512-cert-v01@openssh.com,rsa-sha2-256-cert-v01@openssh.com,rsa-sha2-512,"
          "rsa-sha2-256\n",
          NULL },
        { "Ciphers ^aes256-*", "ciphers aes256-gcm@openssh.com,aes256-ctr,", NULL },
        { "Ciphers *-cbc,aes128-c?r", "ciphers aes128-ctr\n",
          "config:1: Ciphers: \"*-cbc\" is passed over: adit does not have it\n" },
    };

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(rows); i++) {
        struct fake_files files;
        struct adit_ssh_config config;

        assert_int_equal(read_text(&config, rows[i].line, &files), ADIT_OK);
        if (rows[i].note == NULL)
            assert_string_equal(files.notes, "");
        else if (rows[i].note[0])
            assert_string_equal(files.notes, rows[i].note);
        else
            assert_non_null(strstr(files.notes, "is passed over"));
        assert_printed(&config, rows[i].kept);
        adit_ssh_config_clear(&config);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_promise_that_would_not_be_kept_is_refused),
        cmocka_unit_test(what_adit_does_anyway_may_be_asked_for),
        cmocka_unit_test(what_tunnels_have_no_use_for_is_noted),
        cmocka_unit_test(what_is_left_out_is_warned_of),
        cmocka_unit_test(algorithms_that_only_ssh_has_are_passed_over),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
