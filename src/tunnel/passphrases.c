/* SPDX-License-Identifier: BSD-2-Clause */
#include "tunnel/passphrases.h"

#include "base/memory.h"
#include "base/span.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { KEPT_MAX = 64 };

struct kept_passphrase {
    struct adit_list node;
    char *path;
    char *passphrase;
};

static void free_kept(struct kept_passphrase *kept)
{
    adit_list_remove(&kept->node);
    free(kept->path);
    adit_text_free_secret(kept->passphrase);
    free(kept);
}

static struct kept_passphrase *find(const struct adit_passphrases *passphrases, const char *path)
{
    for (struct adit_list *node = passphrases->kept.next; node != &passphrases->kept;
         node = node->next) {
        struct kept_passphrase *kept = ADIT_LIST_ENTRY(node, struct kept_passphrase, node);

        if (strcmp(kept->path, path) == 0)
            return kept;
    }
    return NULL;
}

static void add(struct adit_passphrases *passphrases, const char *path, const char *passphrase)
{
    struct kept_passphrase *kept = passphrases->count < KEPT_MAX ? adit_new(sizeof *kept) : NULL;

    if (kept == NULL)
        return;
    adit_list_init(&kept->node);
    kept->path = adit_text_copy(adit_span_text(path));
    kept->passphrase = adit_text_copy(adit_span_text(passphrase));
    if (kept->path == NULL || kept->passphrase == NULL) {
        free_kept(kept);
        return;
    }
    adit_list_append(&passphrases->kept, &kept->node);
    passphrases->count++;
}

void adit_passphrases_init(struct adit_passphrases *passphrases)
{
    *passphrases = (struct adit_passphrases){ 0 };
    adit_list_init(&passphrases->kept);
    (void)pthread_mutex_init(&passphrases->turn, NULL);
    (void)pthread_mutex_init(&passphrases->lock, NULL);
}

void adit_passphrases_clear(struct adit_passphrases *passphrases)
{
    struct adit_list *node;

    while ((node = adit_list_take_first(&passphrases->kept)) != NULL)
        free_kept(ADIT_LIST_ENTRY(node, struct kept_passphrase, node));
    (void)pthread_mutex_destroy(&passphrases->lock);
    (void)pthread_mutex_destroy(&passphrases->turn);
}

void adit_passphrases_take_turn(struct adit_passphrases *passphrases)
{
    if (passphrases != NULL)
        (void)pthread_mutex_lock(&passphrases->turn);
}

void adit_passphrases_end_turn(struct adit_passphrases *passphrases)
{
    if (passphrases != NULL)
        (void)pthread_mutex_unlock(&passphrases->turn);
}

bool adit_passphrases_find(struct adit_passphrases *passphrases, const char *path, char *out,
                           size_t size)
{
    const struct kept_passphrase *kept;

    if (passphrases == NULL)
        return false;
    (void)pthread_mutex_lock(&passphrases->lock);
    kept = find(passphrases, path);
    if (kept != NULL)
        (void)snprintf(out, size, "%s", kept->passphrase);
    (void)pthread_mutex_unlock(&passphrases->lock);
    return kept != NULL;
}

void adit_passphrases_keep(struct adit_passphrases *passphrases, const char *path,
                           const char *passphrase)
{
    struct kept_passphrase *kept;

    if (passphrases == NULL)
        return;
    (void)pthread_mutex_lock(&passphrases->lock);
    kept = find(passphrases, path);
    if (kept != NULL) {
        free_kept(kept);
        passphrases->count--;
    }
    add(passphrases, path, passphrase);
    (void)pthread_mutex_unlock(&passphrases->lock);
}
