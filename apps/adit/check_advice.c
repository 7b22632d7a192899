/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A table of rules: the first one for the leg that fits is the advice. The last
 * one of each leg fits always.
 */
#include "check_advice.h"

#include <string.h>

#define ANY_ERR ADIT_ERR_OK

struct rule {
    enum adit_check_leg leg;
    enum adit_err err; /* ANY_ERR: any */
    const char *word;  /* in the sentence; NULL: any */
    struct adit_check_advice advice;
};

#define CLIENT  ADIT_LEG_CLIENT
#define GATEWAY ADIT_LEG_GATEWAY
#define SERVER  ADIT_LEG_SERVER

#define FROM_THE_JUMP_HOST                                                                         \
    "look from the jump host: the name and port behind it must be right, its SSH server must "     \
    "allow connections to there (AllowTcpForwarding, PermitOpen), and something must answer"
#define LOG_OF_THE_GATEWAY "look into the log of the gateway's SSH server at this time"

/* clang-format off */
static const struct rule rules[] = {
    { ADIT_CHECK_CONFIG, ADIT_ERR_PASSPHRASE, NULL, { CLIENT, "have the passphrase at hand, or load the key into an agent" } },
    { ADIT_CHECK_CONFIG, ANY_ERR, "key ", { CLIENT, "name a private key with -i that you can read, and nobody else" } },
    { ADIT_CHECK_CONFIG, ANY_ERR, NULL, { CLIENT, "correct what is named here; adit -G shows the settings that would be used" } },

    { ADIT_CHECK_NAME, ANY_ERR, "the proxy", { CLIENT, "correct the proxy's name in ProxyURL, or ask who runs your network for it" } },
    { ADIT_CHECK_NAME, ADIT_ERR_TIMEOUT, NULL, { CLIENT, "the resolver of this machine does not answer: check its network and /etc/resolv.conf" } },
    { ADIT_CHECK_NAME, ANY_ERR, NULL, { CLIENT, "check how the name is written; if it is right, this machine's resolver must learn it (getent hosts NAME)" } },

    { ADIT_CHECK_TCP, ANY_ERR, "cannot connect to", { GATEWAY, FROM_THE_JUMP_HOST } },
    { ADIT_CHECK_TCP, ANY_ERR, "not permitted", { GATEWAY, FROM_THE_JUMP_HOST } },
    { ADIT_CHECK_TCP, ANY_ERR, "no answer from", { GATEWAY, FROM_THE_JUMP_HOST } },
    { ADIT_CHECK_TCP, ANY_ERR, "ProxyCommand", { CLIENT, "run the ProxyCommand by hand: it must start, and show a line that begins with SSH-2.0" } },
    { ADIT_CHECK_TCP, ADIT_ERR_FORMAT, "_proxy: ", { CLIENT, "correct the variable of the environment that is named here, as in http://host:port" } },
    { ADIT_CHECK_TCP, ANY_ERR, "proxy", { CLIENT, "check the address, user and password in ProxyURL; ask who runs the proxy whether it lets you through to this port" } },
    { ADIT_CHECK_TCP, ANY_ERR, "to connect from", { CLIENT, "correct -b or -B: this machine has no such address or interface" } },
    { ADIT_CHECK_TCP, ANY_ERR, "unreachable", { CLIENT, "this machine has no way to there: check its network, its routes, the VPN" } },
    { ADIT_CHECK_TCP, ANY_ERR, "No route to host", { CLIENT, "this machine has no way to there, or a firewall says so: check its network, its routes, the VPN" } },
    { ADIT_CHECK_TCP, ANY_ERR, "Connection refused", { GATEWAY, "the host is there and nothing listens on this port: start its SSH server, or correct the port (-p)" } },
    { ADIT_CHECK_TCP, ADIT_ERR_TIMEOUT, NULL, { GATEWAY, "nothing comes back: the host is down, or a firewall drops the packets; have the port opened for this machine" } },
    { ADIT_CHECK_TCP, ANY_ERR, NULL, { GATEWAY, "check that the host is up and its SSH server listens on this port" } },

    { ADIT_CHECK_EXCHANGE, ADIT_ERR_NO_AGREEMENT, NULL, { GATEWAY, "its software is old or narrowly set: update it; until then the -o that the sentence names, if it names one" } },
    { ADIT_CHECK_EXCHANGE, ANY_ERR, "ProxyCommand", { CLIENT, "run the ProxyCommand by hand: it must lead to the gateway's SSH server" } },
    { ADIT_CHECK_EXCHANGE, ANY_ERR, "MaxStartups", { GATEWAY, "too many logins at once: wait, or raise its MaxStartups" } },
    { ADIT_CHECK_EXCHANGE, ANY_ERR, "Not allowed", { GATEWAY, "it bars this address for a time: wait, or look into its log for the reason" } },
    { ADIT_CHECK_EXCHANGE, ANY_ERR, "it said:", { CLIENT, "something else listens there: correct the host or the port (-p)" } },
    { ADIT_CHECK_EXCHANGE, ADIT_ERR_TIMEOUT, "MTU", { CLIENT, "it begins to speak and goes silent: it is overloaded, or the way takes no packet of full size and nobody says so; try a lower MTU here (ip link set dev DEVICE mtu 1280)" } },
    { ADIT_CHECK_EXCHANGE, ADIT_ERR_TIMEOUT, NULL, { GATEWAY, "it takes connections and does not speak: its SSH server hangs or is overloaded, or the port belongs to something else" } },
    { ADIT_CHECK_EXCHANGE, ANY_ERR, "does not answer as an SSH server", { GATEWAY, "it hangs up before it says anything: too many logins at once (MaxStartups), an address that it bars, or no SSH server at all" } },
    { ADIT_CHECK_EXCHANGE, ANY_ERR, NULL, { GATEWAY, LOG_OF_THE_GATEWAY } },

    { ADIT_CHECK_HOST_KEY, ANY_ERR, "is not the known one", { GATEWAY, "ask who runs it, by another way than this one, whether the key was replaced; only then remove the old one" } },
    { ADIT_CHECK_HOST_KEY, ANY_ERR, "revoked", { GATEWAY, "the gateway must get a new host key, and you its fingerprint by another way than this one" } },
    { ADIT_CHECK_HOST_KEY, ANY_ERR, NULL, { CLIENT, "compare the fingerprint with the one that who runs the gateway tells you, and add the key to known_hosts" } },

    { ADIT_CHECK_LOGIN, ANY_ERR, "no key to try", { CLIENT, "name your private key with -i" } },
    { ADIT_CHECK_LOGIN, ANY_ERR, "encrypted", { CLIENT, "have the passphrase at hand, or load the key into an agent" } },
    { ADIT_CHECK_LOGIN, ANY_ERR, "passwords are not sent", { CLIENT, "put the host key right first" } },
    { ADIT_CHECK_LOGIN, ADIT_ERR_AUTH, NULL, { GATEWAY, "it must let this user in with your public key (authorized_keys; adit key show FILE prints it); check the user (-l) and the key (-i) first" } },
    { ADIT_CHECK_LOGIN, ANY_ERR, NULL, { GATEWAY, LOG_OF_THE_GATEWAY } },

    { ADIT_CHECK_PERMISSION, ANY_ERR, "listen on", { GATEWAY, "it must let you listen there (aditd: PermitListen or permitlisten= of the key; sshd: AllowTcpForwarding, PermitListen, GatewayPorts), and nobody else may hold the port" } },
    { ADIT_CHECK_PERMISSION, ADIT_ERR_REFUSED, NULL, { GATEWAY, "it must let you through to there (aditd: PermitOpen or permitopen= of the key; sshd: AllowTcpForwarding, PermitOpen)" } },
    { ADIT_CHECK_PERMISSION, ANY_ERR, NULL, { GATEWAY, LOG_OF_THE_GATEWAY } },

    { ADIT_CHECK_TARGET, ANY_ERR, "not allowed to connect", { SERVER, "the database must let users in from the gateway's address (CREATE USER … @'gateway')" } },
    { ADIT_CHECK_TARGET, ANY_ERR, "many connection", { SERVER, "the database has too many connections, or bars the gateway after too many errors (FLUSH HOSTS)" } },
    { ADIT_CHECK_TARGET, ANY_ERR, "refuses us", { SERVER, "do what the server's own words ask for, at the server" } },
    { ADIT_CHECK_TARGET, ANY_ERR, "usually has", { SERVER, "another server has this port: correct the host or the port of the target" } },
    { ADIT_CHECK_TARGET, ANY_ERR, "answers nothing", { SERVER, "it takes connections and does not speak: the server hangs, or it waits for words that adit does not know" } },
    { ADIT_CHECK_TARGET, ANY_ERR, "hangs up", { SERVER, "the server, or a firewall or proxy before it, turns the gateway's address away" } },
    { ADIT_CHECK_TARGET, ANY_ERR, "refused", { SERVER, "nothing listens on this port: start the server, let it listen for the gateway, or correct the port of the target" } },
    { ADIT_CHECK_TARGET, ANY_ERR, "unreachable", { SERVER, "the gateway has no way to there: its routes, or those of the server's network" } },
    { ADIT_CHECK_TARGET, ANY_ERR, "not known", { SERVER, "the name must be one that the gateway can look up: correct it, or give the address" } },
    { ADIT_CHECK_TARGET, ADIT_ERR_TIMEOUT, NULL, { SERVER, "nothing comes back: the server is down, or a firewall between the gateway and it drops the packets" } },
    { ADIT_CHECK_TARGET, ANY_ERR, NULL, { SERVER, "check from the gateway that the server is up and can be connected to" } },
};
/* clang-format on */

enum adit_check_leg adit_check_leg_after(int step, const struct adit_failure *failure)
{
    static const enum adit_check_leg next[] = {
        [ADIT_STEP_PREPARED] = ADIT_CHECK_TCP,       [ADIT_STEP_LOOKED_UP] = ADIT_CHECK_TCP,
        [ADIT_STEP_CONNECTED] = ADIT_CHECK_EXCHANGE, [ADIT_STEP_IDENTIFIED] = ADIT_CHECK_EXCHANGE,
        [ADIT_STEP_EXCHANGED] = ADIT_CHECK_HOST_KEY, [ADIT_STEP_HOST_KEY] = ADIT_CHECK_LOGIN,
        [ADIT_STEP_LOGGED_IN] = ADIT_CHECK_TCP, /* at a jump host: to what lies behind it */
    };

    if (step < 0)
        return ADIT_CHECK_CONFIG;
    /* Where nobody looks a name up, it goes straight to the connection. */
    if (step == ADIT_STEP_PREPARED && strstr(failure->text, "look up ") != NULL)
        return ADIT_CHECK_NAME;
    return next[step];
}

static bool fits(const struct rule *rule, enum adit_check_leg leg,
                 const struct adit_failure *failure)
{
    return rule->leg == leg && (rule->err == ANY_ERR || rule->err == failure->err) &&
           (rule->word == NULL || strcasestr(failure->text, rule->word) != NULL);
}

struct adit_check_advice adit_check_advise(enum adit_check_leg leg,
                                           const struct adit_failure *failure)
{
    const struct rule *rule = rules;

    while (!fits(rule, leg, failure))
        rule++;
    return rule->advice;
}

const char *adit_check_sentence(const struct adit_failure *failure)
{
    const char *side = adit_leg_text(failure->leg);
    const size_t len = strlen(side);

    if (len > 0 && strncmp(failure->text, side, len) == 0 &&
        strncmp(failure->text + len, ": ", 2) == 0)
        return failure->text + len + 2;
    return failure->text;
}
