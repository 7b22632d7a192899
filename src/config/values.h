/* SPDX-License-Identifier: BSD-2-Clause */
/* The kinds of values that both programs have. */
#ifndef ADIT_CONFIG_VALUES_H
#define ADIT_CONFIG_VALUES_H

#include "config/keyword.h"

extern const struct adit_value_kind adit_value_flag;   /* bool: yes, no, or the row's names */
extern const struct adit_value_kind adit_value_enum;   /* an enum: one of the row's names */
extern const struct adit_value_kind adit_value_number; /* unsigned, up to the row's max */
extern const struct adit_value_kind adit_value_mask;   /* unsigned, octal: StreamLocalBindMask */
extern const struct adit_value_kind adit_value_port;   /* uint16_t, not 0 */
extern const struct adit_value_kind adit_value_time;   /* uint64_t in ms; written in seconds */
extern const struct adit_value_kind adit_value_size;   /* uint64_t in bytes, not 0 */
extern const struct adit_value_kind adit_value_rekey;  /* uint64_t[2]: bytes and ms */
extern const struct adit_value_kind adit_value_text;   /* const char * */
extern const struct adit_value_kind adit_value_list;   /* struct adit_config_list */
/* const char *: names of the row's algorithm kind, with + - ^ resolved */
extern const struct adit_value_kind adit_value_algorithms;
/* What another may have used: a name that is not known here is none that would be accepted. */

extern const struct adit_value_name adit_names_log_level[];
extern const struct adit_value_name adit_names_family[];

/* "1h30m", "90", "2w" to milliseconds. FORMAT. */
ADIT_MUST_USE enum adit_err adit_config_time_parse(struct adit_span text, uint64_t *ms);

/* "512", "4K", "16M", "1G" to bytes. FORMAT. */
ADIT_MUST_USE enum adit_err adit_config_size_parse(struct adit_span text, uint64_t *bytes);

#endif
