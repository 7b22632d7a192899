/* SPDX-License-Identifier: BSD-2-Clause */
/* The kinds of values that only the client has. Those without a type fill several members. */
#ifndef ADIT_CONFIG_SSH_VALUES_H
#define ADIT_CONFIG_SSH_VALUES_H

#include "config/keyword.h"

extern const struct adit_value_kind adit_value_command;   /* const char *: the rest of the line */
extern const struct adit_value_kind adit_value_jump;      /* const char *: hops of ProxyJump */
extern const struct adit_value_kind adit_value_cnames;    /* struct adit_config_list of a:b */
extern const struct adit_value_kind adit_value_domains;   /* struct adit_config_list */
extern const struct adit_value_kind adit_value_proxy_url; /* const char * */
extern const struct adit_value_kind
    adit_value_alternative_hosts; /* struct adit_config_list of host[:port] */

/* On the whole struct adit_ssh_config. */
extern const struct adit_value_kind adit_value_control_persist;
extern const struct adit_value_kind adit_value_add_keys;
extern const struct adit_value_kind adit_value_local_forward;
extern const struct adit_value_kind adit_value_remote_forward;
extern const struct adit_value_kind adit_value_dynamic_forward;

#endif
