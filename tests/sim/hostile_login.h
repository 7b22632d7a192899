/* SPDX-License-Identifier: BSD-2-Clause */
/* A client that is at the login and writes its requests by hand. */
#ifndef SIM_HOSTILE_LOGIN_H
#define SIM_HOSTILE_LOGIN_H

#include "sim/hostile.h"

/* What the server was asked to judge last. */
struct judged {
    unsigned count;
    enum adit_auth_method method;
    uint8_t blob[1024];
    size_t blob_len;
};

/*
 * Keys are there, and the client has its list of methods; from then on the test
 * speaks for it. `settings` gets the callback that fills `judged`.
 */
struct pair *hostile_pair_at_the_login(struct pair_settings *settings, struct judged *judged);
struct pair *hostile_default_pair_at_the_login(struct judged *judged);

struct login_request {
    const char *user;
    const char *service;
    const char *method;
};

/* The server acts on it; its answers wait for hostile_next(). */
void hostile_request(struct pair *pair, const struct login_request *request,
                     struct adit_span method_data);
/* The number of the server's one answer; 0: it did not answer. */
uint8_t hostile_answer(struct pair *pair, const struct login_request *request,
                       struct adit_span method_data);

#endif
