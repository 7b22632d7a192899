/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A unit of the user's own manager gets what needs no privilege, which are the
 * filters of system calls: a view of the file system of its own would take a
 * user namespace, which many kernels refuse and in which nobody's uid is right.
 */
#include "service_unit.h"

#include "up.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

const char adit_service_mark[] = "# Written by adit service install";

struct text {
    char *out;
    size_t len;
    bool failed; /* too long, or a character that is none */
};

static void add(struct text *text, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void add(struct text *text, const char *format, ...)
{
    const size_t room = ADIT_SERVICE_TEXT_SIZE - text->len;
    va_list args;
    int n;

    va_start(args, format);
    n = vsnprintf(text->out + text->len, room, format, args);
    va_end(args);
    if (n < 0 || (size_t)n >= room)
        text->failed = true;
    else
        text->len += (size_t)n;
}

static bool is_printable(char c)
{
    return c >= ' ' && c <= '~';
}

/* `doubled` are the signs that stand for themselves when there are two of them. */
static void add_escaped(struct text *text, const char *value, const char *doubled)
{
    for (; *value; value++) {
        if (!is_printable(*value))
            text->failed = true;
        add(text, "%c", *value);
        if (strchr(doubled, *value))
            add(text, "%c", *value);
    }
}

/* Between double quotes, \ and " are as in C. */
static void add_quoted(struct text *text, const char *value, const char *doubled)
{
    for (; *value; value++) {
        const char one[] = { *value, '\0' };

        if (*value == '"')
            add(text, "\\");
        add_escaped(text, one, *value == '\\' ? "\\" : doubled);
    }
}

static const char hardening[] = "UMask=0077\n"
                                "NoNewPrivileges=yes\n"
                                "LockPersonality=yes\n"
                                "MemoryDenyWriteExecute=yes\n"
                                "RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX AF_NETLINK\n"
                                "RestrictNamespaces=yes\n"
                                "RestrictRealtime=yes\n"
                                "RestrictSUIDSGID=yes\n"
                                "SystemCallArchitectures=native\n"
                                "SystemCallFilter=@system-service\n"
                                "SystemCallErrorNumber=EPERM\n";

static const char machine_hardening[] = "CapabilityBoundingSet=\n"
                                        "AmbientCapabilities=\n"
                                        "KeyringMode=private\n"
                                        "PrivateDevices=yes\n"
                                        "PrivateTmp=yes\n"
                                        "ProtectClock=yes\n"
                                        "ProtectControlGroups=yes\n"
                                        "ProtectHome=read-only\n"
                                        "ProtectHostname=yes\n"
                                        "ProtectKernelLogs=yes\n"
                                        "ProtectKernelModules=yes\n"
                                        "ProtectKernelTunables=yes\n"
                                        "ProtectProc=invisible\n"
                                        "ProtectSystem=strict\n"
                                        "RemoveIPC=yes\n";

bool adit_service_unit_name(const char *name, char out[static ADIT_SERVICE_UNIT_SIZE])
{
    static const char kept[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789:_.-";
    static const char before[] = "adit-";
    static const char behind[] = ".service";
    size_t len = sizeof before - 1;

    if (name[0] == '\0' || name[0] == '-')
        return false;
    memcpy(out, before, len);
    for (; *name; name++) {
        if (!is_printable(*name) || len + 4 + sizeof behind > ADIT_SERVICE_UNIT_SIZE)
            return false;
        if (strchr(kept, *name))
            out[len++] = *name;
        else
            len += (size_t)snprintf(out + len, 5, "\\x%02x", (unsigned)*name);
    }
    memcpy(out + len, behind, sizeof behind);
    return true;
}

static void add_head(struct text *text, const struct adit_service_unit *unit)
{
    add(text, "%s, which replaces it when it runs again.\n", adit_service_mark);
    add(text, "# Changes of yours are safe in what `systemctl %sedit` makes.\n",
        unit->user ? "" : "--user ");
    add(text, "[Unit]\nDescription=SSH tunnel ");
    add_escaped(text, unit->name, "%");
    add(text, " (adit)\nDocumentation=man:adit(1)\n");
    if (unit->user)
        add(text, "Wants=network-online.target\nAfter=network-online.target\n");
    add(text, "StartLimitIntervalSec=0\n");
}

static void add_service(struct text *text, const struct adit_service_unit *unit)
{
    add(text, "\n[Service]\nType=notify\nNotifyAccess=main\nExecStart=");
    /* % begins a specifier and $ a variable, which the program's path cannot have. */
    add(text, "\"");
    add_quoted(text, unit->program, "%");
    add(text, "\" up \"");
    add_quoted(text, unit->name, "%$");
    add(text,
        "\"\nTimeoutStartSec=infinity\nRestart=on-failure\nRestartSec=10\n"
        "RestartPreventExitStatus=%d\nWatchdogSec=60\n\n%s",
        ADIT_UP_REPLACED, hardening);
    if (unit->user == NULL)
        return;
    add(text, "%sUser=", machine_hardening);
    add_escaped(text, unit->user, "%");
    /* For new host keys. */
    add(text, "\nReadWritePaths=\"-");
    add_quoted(text, unit->home, "%");
    add(text, "/.ssh\"\n");
    /* For control sockets; it stays, as the user's other units are in it, too. */
    add(text,
        "RuntimeDirectory=" ADIT_SERVICE_RUNTIME "/%lu\nRuntimeDirectoryMode=0700\n"
        "RuntimeDirectoryPreserve=yes\n",
        unit->uid);
}

bool adit_service_unit_write(const struct adit_service_unit *unit,
                             char out[static ADIT_SERVICE_TEXT_SIZE])
{
    struct text text = { 0 };

    text.out = out;
    add_head(&text, unit);
    add_service(&text, unit);
    add(&text, "\n[Install]\nWantedBy=%s\n", unit->user ? "multi-user.target" : "default.target");
    return !text.failed;
}
