/* SPDX-License-Identifier: BSD-2-Clause */
#include "sshd_peer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <arpa/inet.h>
#include <cmocka.h>
#include <dirent.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
    TEXT_SIZE = 4096,
    START_TRIES = 3,
    ANSWER_TRIES = 500,
    PAUSE_NS = 10 * 1000 * 1000,
};

static const char sshd_path[] = "/usr/sbin/sshd";

void sshd_peer_write(const struct sshd_peer *peer, const char *name, const char *text,
                     char path[static SSHD_PEER_PATH_SIZE])
{
    int fd;

    (void)snprintf(path, SSHD_PEER_PATH_SIZE, "%s/%s", peer->folder, name);
    fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), strlen(text));
    assert_int_equal(close(fd), 0);
}

static struct sockaddr_in loopback(uint16_t port)
{
    return (struct sockaddr_in){ .sin_family = AF_INET,
                                 .sin_port = htons(port),
                                 .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
}

static uint16_t free_port(void)
{
    struct sockaddr_in address = loopback(0);
    socklen_t len = sizeof address;
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    assert_true(fd >= 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &len), 0);
    assert_int_equal(close(fd), 0);
    return ntohs(address.sin_port);
}

static bool answers(uint16_t port)
{
    struct sockaddr_in address = loopback(port);
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool connected;

    assert_true(fd >= 0);
    connected = connect(fd, (struct sockaddr *)&address, sizeof address) == 0;
    assert_int_equal(close(fd), 0);
    return connected;
}

static void pause_shortly(void)
{
    const struct timespec pause = { .tv_nsec = PAUSE_NS };

    (void)nanosleep(&pause, NULL);
}

/* A key pair in a file, and the line of its public half at the end of `lines`. */
static struct adit_key *make_key(const struct sshd_peer *peer, const char *name,
                                 char path[static SSHD_PEER_PATH_SIZE],
                                 char lines[static TEXT_SIZE])
{
    struct adit_key *key = NULL;
    char *private_text = NULL;
    char *public_text = NULL;
    const size_t len = strlen(lines);

    assert_int_equal(adit_key_generate(ADIT_KEY_ED25519, 0, name, &key), ADIT_OK);
    assert_int_equal(adit_key_write_private(key, &private_text), ADIT_OK);
    assert_int_equal(adit_key_write_public(key, &public_text), ADIT_OK);
    sshd_peer_write(peer, name, private_text, path);
    (void)snprintf(lines + len, TEXT_SIZE - len, "%s", public_text);
    adit_key_text_free(private_text);
    adit_key_text_free(public_text);
    return key;
}

static void make_files(struct sshd_peer *peer, const char *extra, char config[static TEXT_SIZE])
{
    const struct passwd *us = getpwuid(getuid()); /* NOLINT(concurrency-mt-unsafe) */
    char host_key[SSHD_PEER_PATH_SIZE];
    char host_line[TEXT_SIZE] = "";
    char user_lines[TEXT_SIZE] = "";
    char authorized[SSHD_PEER_PATH_SIZE];

    assert_non_null(us);
    (void)snprintf(peer->user, sizeof peer->user, "%s", us->pw_name);
    (void)snprintf(peer->folder, sizeof peer->folder, "/tmp/adit-sshd.XXXXXX");
    assert_non_null(mkdtemp(peer->folder));
    if (geteuid() == 0)
        (void)mkdir("/run/sshd", 0755); /* where sshd locks itself up; a running system has it */
    peer->host_key = make_key(peer, "host_key", host_key, host_line);
    peer->user_key = make_key(peer, "identity", peer->identity, user_lines);
    peer->second_key = make_key(peer, "second_identity", peer->second_identity, user_lines);
    sshd_peer_write(peer, "authorized_keys", user_lines, authorized);
    (void)snprintf(config, TEXT_SIZE,
                   "%s\n"
                   "ListenAddress 127.0.0.1\n"
                   "AddressFamily inet\n" /* also of -R: a port 0 may be taken on the other one */
                   "HostKey %s\n"
                   "AuthorizedKeysFile %s\n"
                   "PidFile none\n"
                   "StrictModes no\n"
                   "PermitRootLogin yes\n"
                   "UsePAM no\n"
                   "KbdInteractiveAuthentication no\n"
                   "MaxStartups 1000\n"
                   "LogLevel ERROR\n",
                   extra, host_key, authorized);
}

static void start_process(struct sshd_peer *peer, const char *config_path)
{
    char log[SSHD_PEER_PATH_SIZE];
    char port[16];

    (void)snprintf(log, sizeof log, "%s/log", peer->folder);
    (void)snprintf(port, sizeof port, "%u", peer->port);
    peer->pid = fork();
    assert_true(peer->pid >= 0);
    if (peer->pid > 0)
        return;
    (void)prctl(PR_SET_PDEATHSIG, SIGTERM);
    (void)execl(sshd_path, sshd_path, "-D", "-f", config_path, "-E", log, "-p", port, (char *)NULL);
    _exit(127);
}

static bool wait_until_it_answers(struct sshd_peer *peer)
{
    for (int i = 0; i < ANSWER_TRIES; i++) {
        if (waitpid(peer->pid, NULL, WNOHANG) == peer->pid) {
            peer->pid = 0; /* perhaps the port was taken meanwhile */
            return false;
        }
        if (answers(peer->port))
            return true;
        pause_shortly();
    }
    return false;
}

void sshd_peer_start(struct sshd_peer *peer, const char *extra)
{
    char config[TEXT_SIZE];
    char config_path[SSHD_PEER_PATH_SIZE];
    char known[TEXT_SIZE];
    char *line = NULL;
    bool up = false;

    *peer = (struct sshd_peer){ 0 };
    make_files(peer, extra, config);
    sshd_peer_write(peer, "config", config, config_path);
    for (int i = 0; i < START_TRIES && !up; i++) {
        peer->port = free_port();
        start_process(peer, config_path);
        up = wait_until_it_answers(peer);
    }
    assert_true(up);
    assert_int_equal(adit_key_write_public(peer->host_key, &line), ADIT_OK);
    (void)snprintf(known, sizeof known, "[127.0.0.1]:%u %s", peer->port, line);
    adit_key_text_free(line);
    sshd_peer_write(peer, "known_hosts", known, peer->known_hosts);
}

/* Each of its sessions is a child that has left its group. */
static void kill_sessions(pid_t parent)
{
    char path[SSHD_PEER_PATH_SIZE];
    FILE *children;
    int child;

    (void)snprintf(path, sizeof path, "/proc/%d/task/%d/children", parent, parent);
    children = fopen(path, "re");
    if (children == NULL)
        return;
    while (fscanf(children, "%d", &child) == 1) /* NOLINT(cert-err34-c) */
        (void)kill(child, SIGKILL);
    assert_int_equal(fclose(children), 0);
}

void sshd_peer_kill(struct sshd_peer *peer)
{
    if (peer->pid == 0)
        return;
    (void)kill(peer->pid, SIGSTOP); /* so that no session begins meanwhile */
    kill_sessions(peer->pid);
    (void)kill(peer->pid, SIGKILL);
    (void)waitpid(peer->pid, NULL, 0);
    peer->pid = 0;
}

void sshd_peer_restart(struct sshd_peer *peer)
{
    char config_path[SSHD_PEER_PATH_SIZE];

    (void)snprintf(config_path, sizeof config_path, "%s/config", peer->folder);
    start_process(peer, config_path);
    assert_true(wait_until_it_answers(peer));
}

static void remove_folder(const char *folder)
{
    char path[SSHD_PEER_PATH_SIZE + 256];
    const struct dirent *entry;
    DIR *dir = opendir(folder);

    assert_non_null(dir);
    while ((entry = readdir(dir)) != NULL) { /* NOLINT(concurrency-mt-unsafe) */
        (void)snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        (void)unlink(path);
    }
    assert_int_equal(closedir(dir), 0);
    assert_int_equal(rmdir(folder), 0);
}

void sshd_peer_stop(struct sshd_peer *peer)
{
    sshd_peer_kill(peer);
    adit_key_free(peer->host_key);
    adit_key_free(peer->user_key);
    adit_key_free(peer->second_key);
    remove_folder(peer->folder);
}

void sshd_peer_settings(const struct sshd_peer *peer, struct adit_tunnel_settings *settings)
{
    adit_tunnel_settings_init(settings);
    settings->host = "127.0.0.1";
    settings->port = peer->port;
    settings->user = peer->user;
    settings->identity_files[0] = peer->identity;
    settings->identity_file_count = 1;
    settings->identity_files_required = true;
    settings->user_known_hosts[0] = peer->known_hosts;
    settings->user_known_hosts_count = 1;
    settings->log_level = 0;
}
