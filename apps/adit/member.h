/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One tunnel of this program with what its user knows of it: the name and the
 * forwards. The main thread makes it; then the threads that answer at the
 * control socket use it, too, and it stays until all of them are done.
 */
#ifndef ADIT_APP_MEMBER_H
#define ADIT_APP_MEMBER_H

#include "adit/tunnel.h"
#include "config/ssh_config.h"

#include "log.h"
#include "options.h"

#include <pthread.h>

#define ADIT_MEMBER_NAME_SIZE 256

struct adit_member_forward {
    enum adit_forward_kind kind;
    struct adit_forward_spec spec;
    struct adit_forward *forward;
};

struct adit_member {
    char name[ADIT_MEMBER_NAME_SIZE];   /* the destination as it was typed, safe to show */
    bool shows_name;                    /* …before each line of the log */
    bool asks_no_password;              /* it was given */
    bool asks_nothing;                  /* BatchMode */
    const struct adit_options *options; /* for the host keys that were given */
    struct adit_client_log log;
    struct adit_tunnel_settings settings;
    struct adit_tunnel *tunnel; /* NULL: not begun */

    pthread_mutex_t lock; /* for the rest */
    struct adit_member_forward *forwards;
    size_t forward_count;
    bool has_ended;
    bool has_failed;  /* …though nobody asked for it */
    bool is_replaced; /* …because a newer client has the port now */
};

/* Not to be moved from now on: the callbacks of its settings know it. */
void adit_member_init(struct adit_member *member, const char *name,
                      const struct adit_client_log *log);
/* When nobody else uses it. Ends the tunnel. */
void adit_member_clear(struct adit_member *member);

/* The settings of the files and of the command line. False: *failure says why. */
bool adit_member_load(struct adit_member *member, const char *destination,
                      const struct adit_options *options, struct adit_failure *failure);

/* Ends the tunnel; what goes through it gets a moment to finish. */
void adit_member_dismiss(struct adit_member *member);
bool adit_member_has_ended(struct adit_member *member);
/* Whether that was not asked for. */
bool adit_member_has_failed(struct adit_member *member);
/* Whether it has failed because a newer client with our key has taken its port over. */
bool adit_member_is_replaced(struct adit_member *member);
/* Whether it is up and every forward listens, as far as the gateway has confirmed it. */
bool adit_member_is_ready(struct adit_member *member);

/* ---- forwards.c ---- */

/*
 * Opens every forward of the configuration. One that is refused is fatal
 * (false, the log tells why), unless ExitOnForwardFailure says "no".
 */
bool adit_member_open_forwards(struct adit_member *member);

/*
 * One more; one that is there already is good, too. On ADIT_OK *port is what
 * listens, 0 if that is not known yet or a path.
 */
ADIT_MUST_USE enum adit_err adit_member_add_forward(struct adit_member *member,
                                                    enum adit_forward_kind kind,
                                                    const struct adit_forward_spec *spec,
                                                    uint16_t *port, struct adit_failure *failure);
/* NOT_FOUND: there is none such. */
ADIT_MUST_USE enum adit_err adit_member_remove_forward(struct adit_member *member,
                                                       enum adit_forward_kind kind,
                                                       const struct adit_forward_spec *spec);

/* "127.0.0.1:3307", "*:3307", a path: where it listens, as far as we know, with the port that does. */
#define ADIT_ADDRESS_SIZE (ADIT_HOST_MAX + 16)
const char *adit_forward_bind_text(const struct adit_member *member,
                                   const struct adit_member_forward *item, uint16_t port,
                                   char out[static ADIT_ADDRESS_SIZE]);
/* "db:3306", a path, "SOCKS". */
const char *adit_forward_target_text(const struct adit_forward_spec *spec,
                                     char out[static ADIT_ADDRESS_SIZE]);

#endif
