/* SPDX-License-Identifier: BSD-2-Clause */
/* The parts of the gateway's configuration reader, for each other. */
#ifndef ADIT_CONFIG_SSHD_ROWS_H
#define ADIT_CONFIG_SSHD_ROWS_H

#include "config/keyword.h"
#include "config/sshd_config.h"

extern const struct adit_keyword adit_sshd_rows[];
extern const size_t adit_sshd_row_count;

extern const struct adit_value_kind adit_value_listen_address; /* the whole struct */
extern const struct adit_value_kind adit_value_permits;        /* struct adit_permit_list */
extern const struct adit_value_kind adit_value_max_startups;   /* struct adit_max_startups */

extern const struct adit_value_kind adit_value_ports;    /* struct adit_config_list */
extern const struct adit_value_kind adit_value_facility; /* const char *, upper case */

/* PermitListen's row says so here: its hosts may be left out. */
#define ADIT_PERMITS_LISTEN 1

#endif
