/* SPDX-License-Identifier: BSD-2-Clause */
/* The messages of RFC 4252. See transport_messages.h for the conventions. */
#ifndef ADIT_WIRE_AUTH_MESSAGES_H
#define ADIT_WIRE_AUTH_MESSAGES_H

#include "adit/ssh.h"
#include "wire/reader.h"
#include "wire/writer.h"

/* RFC 4252, 5: what is common; `method_data` is still encoded. */
struct adit_msg_userauth_request {
    struct adit_span user_name;
    struct adit_span service_name;
    struct adit_span method_name;
    struct adit_span method_data;
};
ADIT_MUST_USE enum adit_err adit_parse_userauth_request(struct adit_span payload,
                                                        struct adit_msg_userauth_request *msg);
void adit_write_userauth_request(struct adit_writer *w,
                                 const struct adit_msg_userauth_request *msg);

/* RFC 4252, 7: method_data of "publickey". */
struct adit_userauth_publickey {
    bool has_signature;
    struct adit_span algorithm;
    struct adit_span key_blob;
    struct adit_span signature; /* only when has_signature */
    struct adit_span host_key;  /* ADIT_METHOD_HOST_BOUND alone; empty: "publickey" */
};
ADIT_MUST_USE enum adit_err adit_parse_userauth_publickey(struct adit_span method_data,
                                                          struct adit_userauth_publickey *msg);
/* OpenSSH's PROTOCOL, 3.1: the same with the server's host key, so that the signature covers it. */
#define ADIT_METHOD_HOST_BOUND "publickey-hostbound-v00@openssh.com"
ADIT_MUST_USE enum adit_err adit_parse_userauth_host_bound(struct adit_span method_data,
                                                           struct adit_userauth_publickey *msg);
/* Writes method_data alone; leaves the signature out when it is empty though has_signature. */
void adit_write_userauth_publickey(struct adit_writer *w,
                                   const struct adit_userauth_publickey *msg);

/* RFC 4252, 8: method_data of "password". */
struct adit_userauth_password {
    bool is_change;
    struct adit_span password;
    struct adit_span new_password; /* only when is_change */
};
ADIT_MUST_USE enum adit_err adit_parse_userauth_password(struct adit_span method_data,
                                                         struct adit_userauth_password *msg);
void adit_write_userauth_password(struct adit_writer *w, const struct adit_userauth_password *msg);

/* RFC 4252, 5.1 */
struct adit_msg_userauth_failure {
    struct adit_span can_continue; /* a name-list */
    bool partial_success;
};
ADIT_MUST_USE enum adit_err adit_parse_userauth_failure(struct adit_span payload,
                                                        struct adit_msg_userauth_failure *msg);
void adit_write_userauth_failure(struct adit_writer *w,
                                 const struct adit_msg_userauth_failure *msg);

/* A number and nothing else. */
ADIT_MUST_USE enum adit_err adit_parse_userauth_success(struct adit_span payload);
void adit_write_userauth_success(struct adit_writer *w);

/* RFC 4252, 5.4 */
struct adit_msg_userauth_banner {
    struct adit_span message;
    struct adit_span language_tag;
};
ADIT_MUST_USE enum adit_err adit_parse_userauth_banner(struct adit_span payload,
                                                       struct adit_msg_userauth_banner *msg);
void adit_write_userauth_banner(struct adit_writer *w, const struct adit_msg_userauth_banner *msg);

/* RFC 4252, 7: the answer to a request without signature. */
struct adit_msg_userauth_pk_ok {
    struct adit_span algorithm;
    struct adit_span key_blob;
};
ADIT_MUST_USE enum adit_err adit_parse_userauth_pk_ok(struct adit_span payload,
                                                      struct adit_msg_userauth_pk_ok *msg);
void adit_write_userauth_pk_ok(struct adit_writer *w, const struct adit_msg_userauth_pk_ok *msg);

/* RFC 4256, 3.1: method_data of "keyboard-interactive". */
struct adit_userauth_interactive {
    struct adit_span language_tag;
    struct adit_span submethods;
};
ADIT_MUST_USE enum adit_err adit_parse_userauth_interactive(struct adit_span method_data,
                                                            struct adit_userauth_interactive *msg);
void adit_write_userauth_interactive(struct adit_writer *w,
                                     const struct adit_userauth_interactive *msg);

/* RFC 4256, 3.2 */
struct adit_msg_userauth_info_request {
    struct adit_span name;
    struct adit_span instruction;
    struct adit_span language_tag;
    uint32_t prompt_count;
    struct adit_span prompts; /* taken by adit_auth_prompt_next() */
};
ADIT_MUST_USE enum adit_err adit_parse_userauth_info_request(
    struct adit_span payload, struct adit_msg_userauth_info_request *msg);
/* The prompts, `prompt_count` of them, are written by adit_write_userauth_prompt(). */
void adit_write_userauth_info_request(struct adit_writer *w,
                                      const struct adit_msg_userauth_info_request *msg);
void adit_write_userauth_prompt(struct adit_writer *w, struct adit_span text, bool echo);

/* RFC 4256, 3.4 */
struct adit_msg_userauth_info_response {
    uint32_t answer_count;
    struct adit_span answers; /* taken by adit_auth_answer_next() */
};
ADIT_MUST_USE enum adit_err adit_parse_userauth_info_response(
    struct adit_span payload, struct adit_msg_userauth_info_response *msg);
void adit_write_userauth_info_response(struct adit_writer *w, const char *const *answers,
                                       uint32_t count);

#endif
