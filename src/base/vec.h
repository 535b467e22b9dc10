/* A growing array of one type.
 *
 *     struct { VEC(struct pod) } pods = {0};           // or a named struct with VEC(...) as its only members
 *     struct pod *pod = vec_push(&pods);               // zeroed, NULL when memory or the maximum is out
 *     for (size_t i = 0; i < pods.len; i++) use(&pods.items[i]);
 *     vec_release(&pods);
 *
 * Pointers into items are dead after the next push. At most LIMIT_VEC_ITEMS items.
 */
#ifndef FOTHER_BASE_VEC_H
#define FOTHER_BASE_VEC_H

#include <stddef.h>

#define VEC(type)                                                                                                      \
	type *items;                                                                                                   \
	size_t len, capacity;

/* A new zeroed item at the end, or NULL. */
#define vec_push(v)                                                                                                    \
	({                                                                                                             \
		void *vec_items_ = (v)->items;                                                                         \
		void *vec_new_ = vec_push_item(&vec_items_, &(v)->len, &(v)->capacity, sizeof *(v)->items);            \
		(v)->items = vec_items_;                                                                               \
		(__typeof__((v)->items))vec_new_;                                                                      \
	})

#define vec_clear(v) ((void)((v)->len = 0))

#define vec_release(v)                                                                                                 \
	do {                                                                                                           \
		vec_free((v)->items);                                                                                  \
		(v)->items = NULL;                                                                                     \
		(v)->len = (v)->capacity = 0;                                                                          \
	} while (0)

/* Behind vec_push; not called directly. */
void *vec_push_item(void **items, size_t *len, size_t *capacity, size_t item_size);
void vec_free(void *items);

#endif
