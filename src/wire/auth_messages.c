/* SPDX-License-Identifier: BSD-2-Clause */
/* Each function reads like the drawing of its message in the RFC. */
#include "wire/auth_messages.h"

#include "wire/numbers.h"

enum adit_err adit_parse_userauth_request(struct adit_span payload,
                                          struct adit_msg_userauth_request *msg)
{
    struct adit_reader r = adit_reader_init(payload);

    adit_read_byte(&r);
    msg->user_name = adit_read_string(&r);
    msg->service_name = adit_read_string(&r);
    msg->method_name = adit_read_string(&r);
    msg->method_data = adit_read_rest(&r);

    return adit_reader_finish(&r) ? ADIT_OK : ADIT_ERR_MALFORMED;
}

void adit_write_userauth_request(struct adit_writer *w, const struct adit_msg_userauth_request *msg)
{
    adit_write_byte(w, SSH_MSG_USERAUTH_REQUEST);
    adit_write_string(w, msg->user_name);
    adit_write_string(w, msg->service_name);
    adit_write_string(w, msg->method_name);
    adit_write_bytes(w, msg->method_data);
}

static enum adit_err parse_publickey(struct adit_span method_data, bool has_host_key,
                                     struct adit_userauth_publickey *msg)
{
    struct adit_reader r = adit_reader_init(method_data);

    msg->has_signature = adit_read_bool(&r);
    msg->algorithm = adit_read_string(&r);
    msg->key_blob = adit_read_string(&r);
    msg->host_key = has_host_key ? adit_read_string(&r) : ADIT_SPAN_EMPTY;
    msg->signature = msg->has_signature ? adit_read_string(&r) : ADIT_SPAN_EMPTY;

    return adit_reader_finish(&r) ? ADIT_OK : ADIT_ERR_MALFORMED;
}

enum adit_err adit_parse_userauth_publickey(struct adit_span method_data,
                                            struct adit_userauth_publickey *msg)
{
    return parse_publickey(method_data, false, msg);
}

enum adit_err adit_parse_userauth_host_bound(struct adit_span method_data,
                                             struct adit_userauth_publickey *msg)
{
    return parse_publickey(method_data, true, msg);
}

void adit_write_userauth_publickey(struct adit_writer *w, const struct adit_userauth_publickey *msg)
{
    adit_write_bool(w, msg->has_signature);
    adit_write_string(w, msg->algorithm);
    adit_write_string(w, msg->key_blob);
    if (msg->host_key.len)
        adit_write_string(w, msg->host_key);
    /* What is signed ends here, with the TRUE already in it (RFC 4252, 7). */
    if (msg->has_signature && msg->signature.len)
        adit_write_string(w, msg->signature);
}

enum adit_err adit_parse_userauth_password(struct adit_span method_data,
                                           struct adit_userauth_password *msg)
{
    struct adit_reader r = adit_reader_init(method_data);

    msg->is_change = adit_read_bool(&r);
    msg->password = adit_read_string(&r);
    msg->new_password = msg->is_change ? adit_read_string(&r) : ADIT_SPAN_EMPTY;

    return adit_reader_finish(&r) ? ADIT_OK : ADIT_ERR_MALFORMED;
}

void adit_write_userauth_password(struct adit_writer *w, const struct adit_userauth_password *msg)
{
    adit_write_bool(w, msg->is_change);
    adit_write_string(w, msg->password);
    if (msg->is_change)
        adit_write_string(w, msg->new_password);
}

enum adit_err adit_parse_userauth_failure(struct adit_span payload,
                                          struct adit_msg_userauth_failure *msg)
{
    struct adit_reader r = adit_reader_init(payload);

    adit_read_byte(&r);
    msg->can_continue = adit_read_namelist(&r);
    msg->partial_success = adit_read_bool(&r);

    return adit_reader_finish(&r) ? ADIT_OK : ADIT_ERR_MALFORMED;
}

void adit_write_userauth_failure(struct adit_writer *w, const struct adit_msg_userauth_failure *msg)
{
    adit_write_byte(w, SSH_MSG_USERAUTH_FAILURE);
    adit_write_string(w, msg->can_continue);
    adit_write_bool(w, msg->partial_success);
}

enum adit_err adit_parse_userauth_success(struct adit_span payload)
{
    struct adit_reader r = adit_reader_init(payload);

    adit_read_byte(&r);

    return adit_reader_finish(&r) ? ADIT_OK : ADIT_ERR_MALFORMED;
}

void adit_write_userauth_success(struct adit_writer *w)
{
    adit_write_byte(w, SSH_MSG_USERAUTH_SUCCESS);
}

enum adit_err adit_parse_userauth_banner(struct adit_span payload,
                                         struct adit_msg_userauth_banner *msg)
{
    struct adit_reader r = adit_reader_init(payload);

    adit_read_byte(&r);
    msg->message = adit_read_string(&r);
    msg->language_tag = adit_read_string(&r);

    return adit_reader_finish(&r) ? ADIT_OK : ADIT_ERR_MALFORMED;
}

void adit_write_userauth_banner(struct adit_writer *w, const struct adit_msg_userauth_banner *msg)
{
    adit_write_byte(w, SSH_MSG_USERAUTH_BANNER);
    adit_write_string(w, msg->message);
    adit_write_string(w, msg->language_tag);
}

enum adit_err adit_parse_userauth_pk_ok(struct adit_span payload,
                                        struct adit_msg_userauth_pk_ok *msg)
{
    struct adit_reader r = adit_reader_init(payload);

    adit_read_byte(&r);
    msg->algorithm = adit_read_string(&r);
    msg->key_blob = adit_read_string(&r);

    return adit_reader_finish(&r) ? ADIT_OK : ADIT_ERR_MALFORMED;
}

void adit_write_userauth_pk_ok(struct adit_writer *w, const struct adit_msg_userauth_pk_ok *msg)
{
    adit_write_byte(w, SSH_MSG_USERAUTH_PK_OK);
    adit_write_string(w, msg->algorithm);
    adit_write_string(w, msg->key_blob);
}

enum adit_err adit_parse_userauth_interactive(struct adit_span method_data,
                                              struct adit_userauth_interactive *msg)
{
    struct adit_reader r = adit_reader_init(method_data);

    msg->language_tag = adit_read_string(&r);
    msg->submethods = adit_read_string(&r);

    return adit_reader_finish(&r) ? ADIT_OK : ADIT_ERR_MALFORMED;
}

void adit_write_userauth_interactive(struct adit_writer *w,
                                     const struct adit_userauth_interactive *msg)
{
    adit_write_string(w, msg->language_tag);
    adit_write_string(w, msg->submethods);
}

static struct adit_auth_prompt read_prompt(struct adit_reader *r)
{
    struct adit_auth_prompt prompt;

    prompt.text = adit_read_string(r);
    prompt.echo = adit_read_bool(r);
    return prompt;
}

enum adit_err adit_parse_userauth_info_request(struct adit_span payload,
                                               struct adit_msg_userauth_info_request *msg)
{
    struct adit_reader r = adit_reader_init(payload);
    struct adit_reader prompts;

    adit_read_byte(&r);
    msg->name = adit_read_string(&r);
    msg->instruction = adit_read_string(&r);
    msg->language_tag = adit_read_string(&r);
    msg->prompt_count = adit_read_uint32(&r);
    prompts = r;
    msg->prompts = adit_read_rest(&prompts);
    for (uint32_t i = 0; i < msg->prompt_count && adit_reader_ok(&r); i++)
        read_prompt(&r);

    return adit_reader_finish(&r) ? ADIT_OK : ADIT_ERR_MALFORMED;
}

bool adit_auth_prompt_next(struct adit_span *prompts, struct adit_auth_prompt *prompt)
{
    struct adit_reader r = adit_reader_init(*prompts);

    *prompt = read_prompt(&r);
    *prompts = adit_read_rest(&r);
    return adit_reader_ok(&r);
}

void adit_write_userauth_info_request(struct adit_writer *w,
                                      const struct adit_msg_userauth_info_request *msg)
{
    adit_write_byte(w, SSH_MSG_USERAUTH_INFO_REQUEST);
    adit_write_string(w, msg->name);
    adit_write_string(w, msg->instruction);
    adit_write_string(w, msg->language_tag);
    adit_write_uint32(w, msg->prompt_count);
}

void adit_write_userauth_prompt(struct adit_writer *w, struct adit_span text, bool echo)
{
    adit_write_string(w, text);
    adit_write_bool(w, echo);
}

enum adit_err adit_parse_userauth_info_response(struct adit_span payload,
                                                struct adit_msg_userauth_info_response *msg)
{
    struct adit_reader r = adit_reader_init(payload);
    struct adit_reader answers;

    adit_read_byte(&r);
    msg->answer_count = adit_read_uint32(&r);
    answers = r;
    msg->answers = adit_read_rest(&answers);
    for (uint32_t i = 0; i < msg->answer_count && adit_reader_ok(&r); i++)
        adit_read_string(&r);

    return adit_reader_finish(&r) ? ADIT_OK : ADIT_ERR_MALFORMED;
}

bool adit_auth_answer_next(struct adit_span *answers, struct adit_span *answer)
{
    struct adit_reader r = adit_reader_init(*answers);

    *answer = adit_read_string(&r);
    *answers = adit_read_rest(&r);
    return adit_reader_ok(&r);
}

void adit_write_userauth_info_response(struct adit_writer *w, const char *const *answers,
                                       uint32_t count)
{
    adit_write_byte(w, SSH_MSG_USERAUTH_INFO_RESPONSE);
    adit_write_uint32(w, count);
    for (uint32_t i = 0; i < count; i++)
        adit_write_text(w, answers[i]);
}
