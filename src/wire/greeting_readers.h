/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How the greeting of each service is read. `asked`: it was sent the service's
 * own probe. *out is all zero before.
 */
#ifndef ADIT_WIRE_GREETING_READERS_H
#define ADIT_WIRE_GREETING_READERS_H

#include "adit/greeting.h"

typedef enum adit_greeting_verdict adit_greeting_reader(bool asked, struct adit_span bytes,
                                                        struct adit_greeting *out);

/* greeting_databases.c */
adit_greeting_reader adit_greeting_mysql;
adit_greeting_reader adit_greeting_postgresql;
adit_greeting_reader adit_greeting_sql_server;
adit_greeting_reader adit_greeting_oracle;

/* greeting_lines.c: those that speak in lines of text */
adit_greeting_reader adit_greeting_redis;
adit_greeting_reader adit_greeting_http;
adit_greeting_reader adit_greeting_ssh;
adit_greeting_reader adit_greeting_tls; /* only by its alert: we said no hello */

#endif
