/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A doubly linked ring of nodes that live inside other structs. The head is a
 * node too. A node that is in no list points to itself, so taking it out twice
 * is harmless.
 */
#ifndef ADIT_BASE_LIST_H
#define ADIT_BASE_LIST_H

#include <stdbool.h>
#include <stddef.h>

struct adit_list {
    struct adit_list *next;
    struct adit_list *prev;
};

/* The struct of type `type` whose member `member` is the node. */
#define ADIT_LIST_ENTRY(node, type, member)                                                        \
    ((type *)(void *)((char *)(node)-offsetof(type, member)))

static inline void adit_list_init(struct adit_list *node)
{
    node->next = node;
    node->prev = node;
}

static inline bool adit_list_is_empty(const struct adit_list *head)
{
    return head->next == head;
}

/* Takes the node out of the list that it is in, if any. */
static inline void adit_list_remove(struct adit_list *node)
{
    node->prev->next = node->next;
    node->next->prev = node->prev;
    adit_list_init(node);
}

/* Puts a node that is in no list at the end. */
static inline void adit_list_append(struct adit_list *head, struct adit_list *node)
{
    node->prev = head->prev;
    node->next = head;
    head->prev->next = node;
    head->prev = node;
}

/* The first node taken out, or NULL. */
static inline struct adit_list *adit_list_take_first(struct adit_list *head)
{
    struct adit_list *node = head->next;

    if (node == head)
        return NULL;
    adit_list_remove(node); /* NOLINT(clang-analyzer-unix.Malloc): it cannot follow a ring */
    return node;
}

#endif
