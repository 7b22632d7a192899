/* SPDX-License-Identifier: BSD-2-Clause */
/* Judging logins: keys, passwords, and the time that a refusal takes. */
#ifndef ADITD_LOGIN_H
#define ADITD_LOGIN_H

#include "client.h"

/* Answers the request now or later. */
void adit_login_request(struct adit_client *client, const struct adit_auth_request_event *request);
/* The client is going: no answer is to come any more. */
void adit_login_cancel(struct adit_client *client);

#endif
