/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A frame is a file being read and the ones to be read after it. Include puts a
 * frame with a list of paths on the stack; a frame is taken off when its list
 * is used up. The stack's height bounds nesting, the count of files read bounds
 * what globs that meet themselves could do.
 */
#include "config/source.h"

#include "base/memory.h"
#include "base/span.h"
#include "base/text.h"

#include <stdio.h>
#include <stdlib.h>

enum { PATHS_MAX = 64 * 1024, WHY_SIZE = 256 };

static struct adit_config_frame *top(struct adit_config_source *source)
{
    return &source->frames[source->depth - 1];
}

bool *adit_config_source_active(struct adit_config_source *source)
{
    return &top(source)->active;
}

void adit_config_source_say(struct adit_config_source *source, const char *why)
{
    const struct adit_config_frame *frame = top(source);
    char name[256];

    adit_text_printable(adit_span_text(frame->name), name, sizeof name);
    if (frame->name == NULL)
        (void)snprintf(source->error, source->error_size, "%s", why);
    else if (frame->line == 0)
        (void)snprintf(source->error, source->error_size, "%s: %s", name, why);
    else
        (void)snprintf(source->error, source->error_size, "%s:%u: %s", name, frame->line, why);
}

enum adit_err adit_config_source_fail(struct adit_config_source *source, enum adit_err err,
                                      const char *why)
{
    adit_config_source_say(source, why);
    return err;
}

static void frame_end_file(struct adit_config_frame *frame)
{
    free(frame->name);
    adit_buffer_clear(&frame->text);
    frame->name = NULL;
    frame->rest = ADIT_SPAN_EMPTY;
    frame->line = 0;
}

static void pop(struct adit_config_source *source)
{
    frame_end_file(top(source));
    adit_buffer_clear(&top(source)->paths);
    source->depth--;
}

void adit_config_source_clear(struct adit_config_source *source)
{
    while (source->depth)
        pop(source);
}

static struct adit_config_frame *push(struct adit_config_source *source, bool active)
{
    struct adit_config_frame *frame = &source->frames[source->depth++];

    *frame = (struct adit_config_frame){
        .text = adit_buffer_init(ADIT_CONFIG_FILE_MAX),
        .paths = adit_buffer_init(PATHS_MAX),
        .starts_active = active,
        .active = active,
    };
    return frame;
}

enum adit_err adit_config_source_open_text(struct adit_config_source *source, const char *name,
                                           struct adit_span text)
{
    struct adit_config_frame *frame = push(source, true);

    frame->name = adit_text_copy(adit_span_text(name));
    if (frame->name == NULL)
        return adit_config_source_fail(source, ADIT_ERR_NO_MEMORY, "out of memory");
    if (text.len > ADIT_CONFIG_FILE_MAX)
        return adit_config_source_fail(source, ADIT_ERR_LIMIT, "the file is larger than 1 MiB");
    frame->rest = text;
    return ADIT_OK;
}

/* Reads a file into the top frame. On error the frame knows the file's name, for the sentence. */
static enum adit_err read_file(struct adit_config_source *source, const char *path)
{
    struct adit_config_frame *frame = top(source);
    char why[WHY_SIZE] = "";
    enum adit_err err = ADIT_ERR_NOT_FOUND;

    frame->name = adit_text_copy(adit_span_text(path));
    if (frame->name == NULL)
        return adit_config_source_fail(source, ADIT_ERR_NO_MEMORY, "out of memory");
    if (*source->files_read >= ADIT_CONFIG_READS_MAX)
        return adit_config_source_fail(source, ADIT_ERR_LIMIT, "more than 256 files are included");
    ++*source->files_read;
    if (source->files && source->files->read_file)
        err = source->files->read_file(source->files->user, path, &frame->text, why, sizeof why);
    if (err == ADIT_ERR_LIMIT)
        return adit_config_source_fail(source, err, "the file is larger than 1 MiB");
    if (err && why[0])
        (void)snprintf(source->error, source->error_size, "%s", why);
    if (err)
        return why[0] ? err : adit_config_source_fail(source, err, adit_err_text(err));
    frame->rest = adit_buffer_span(&frame->text);
    frame->active = frame->starts_active;
    return ADIT_OK;
}

enum adit_err adit_config_source_open_file(struct adit_config_source *source, const char *path)
{
    push(source, true);
    return read_file(source, path);
}

/* Goes to the frame's next file; one that is gone since it was found is passed over. */
static enum adit_err next_file(struct adit_config_source *source, bool *more)
{
    struct adit_config_frame *frame = top(source);

    *more = false;
    while (!*more && frame->paths_at < frame->paths.len) {
        const char *path = (const char *)frame->paths.data + frame->paths_at;
        enum adit_err err;

        frame->paths_at += strlen(path) + 1;
        frame_end_file(frame);
        err = read_file(source, path);
        if (err && err != ADIT_ERR_NOT_FOUND)
            return err;
        if (err)
            source->error[0] = '\0';
        *more = !err;
    }
    return ADIT_OK;
}

/* The next line of the top frame's file, blank or not. */
static enum adit_err next_line(struct adit_config_source *source)
{
    struct adit_config_frame *frame = top(source);
    struct adit_span text = ADIT_SPAN_EMPTY;
    const char *why = "";
    enum adit_err err;

    (void)adit_config_line_next(&frame->rest, &text);
    frame->line++;
    err = adit_config_line_split(text, &source->line, &why);
    return err ? adit_config_source_fail(source, err, why) : ADIT_OK;
}

enum adit_err adit_config_source_next(struct adit_config_source *source, bool *more)
{
    enum adit_err err;
    bool has_file;

    *more = false;
    while (source->depth) {
        if (top(source)->rest.len) {
            err = next_line(source);
            if (err)
                return err;
            if (source->line.keyword.len == 0)
                continue;
            *more = true;
            return ADIT_OK;
        }
        err = next_file(source, &has_file);
        if (err)
            return err;
        if (!has_file)
            pop(source);
    }
    return ADIT_OK;
}

/* The absolute pattern of one word of Include, with its NUL. */
static enum adit_err include_path(struct adit_config_source *source, struct adit_span word,
                                  struct adit_buffer *out)
{
    const bool in_home = word.data[0] == '~';
    const struct adit_span slash = adit_span_text("/");
    enum adit_err err = ADIT_OK;

    if (word.data[0] != '/' && !in_home) {
        struct adit_span folder = adit_span_text(source->include_dir);

        if (folder.len && folder.data[0] == '~') {
            err = adit_buffer_append(out, adit_span_text(source->home));
            folder = adit_span_of(folder.data + 1, folder.len - 1);
        }
        if (!err)
            err = adit_buffer_append(out, folder);
        if (!err)
            err = adit_buffer_append(out, slash);
    } else if (in_home) {
        err = adit_buffer_append(out, adit_span_text(source->home));
        word = adit_span_of(word.data + 1, word.len - 1);
    }
    if (!err)
        err = adit_buffer_append(out, word);
    return err ? err : adit_buffer_append(out, adit_span_of("", 1));
}

static enum adit_err include_word(struct adit_config_source *source, struct adit_span word,
                                  struct adit_buffer *paths)
{
    const struct adit_config_files *files = source->files;
    struct adit_buffer pattern = adit_buffer_init(ADIT_CONFIG_LINE_MAX * 2);
    const bool relative = word.len && word.data[0] != '/' && word.data[0] != '~';
    const bool needs_home =
        word.len && (word.data[0] == '~' || (relative && source->include_dir[0] == '~'));
    enum adit_err err;

    if (word.len == 0)
        return adit_config_source_fail(source, ADIT_ERR_FORMAT, "Include wants a path");
    if (word.data[0] == '~' && word.len > 1 && word.data[1] != '/')
        return adit_config_source_fail(source, ADIT_ERR_UNSUPPORTED,
                                       "Include: ~user is not supported");
    if (needs_home && source->home == NULL)
        return adit_config_source_fail(source, ADIT_ERR_FORMAT,
                                       "Include: the home folder is not known");
    err = include_path(source, word, &pattern);
    if (!err && files && files->glob)
        err = files->glob(files->user, (const char *)pattern.data, paths);
    adit_buffer_clear(&pattern);
    if (err == ADIT_ERR_LIMIT)
        return adit_config_source_fail(source, err, "Include: too many files match");
    return err ? adit_config_source_fail(source, err, adit_err_text(err)) : ADIT_OK;
}

enum adit_err adit_config_source_include(struct adit_config_source *source)
{
    struct adit_buffer paths = adit_buffer_init(PATHS_MAX);
    enum adit_err err = ADIT_OK;

    if (source->line.arg_count == 0)
        return adit_config_source_fail(source, ADIT_ERR_FORMAT, "Include wants a path");
    if (source->depth == ADIT_CONFIG_DEPTH_MAX)
        return adit_config_source_fail(source, ADIT_ERR_LIMIT,
                                       "Include: more than 16 files inside each other");
    for (size_t i = 0; !err && i < source->line.arg_count; i++)
        err = include_word(source, source->line.args[i], &paths);
    if (err) {
        adit_buffer_clear(&paths);
        return err;
    }
    push(source, top(source)->active)->paths = paths;
    return ADIT_OK;
}
