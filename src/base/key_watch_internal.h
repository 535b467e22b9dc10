/* Which keys stood before in the objects that are open: how readers mark duplicates.
 *
 * Keys are compared decoded, byte for byte. The hash is keyed (map.h), so that no document makes this slow. Only the
 * keys of open objects are held, LIMIT_JSON_KEYS of them together.
 */
#ifndef FOTHER_BASE_KEY_WATCH_INTERNAL_H
#define FOTHER_BASE_KEY_WATCH_INTERNAL_H

#include "base/cleanup.h"
#include "base/reader.h"

struct key_watch;

/* NULL when memory is out. copy: texts of keys do not outlive the call that brings them. */
struct key_watch *key_watch_new(bool copy);

/* Notes a key of the object at `depth`, the innermost one open, and sets key->duplicate. 0 or -1. */
int key_watch_add(struct key_watch *watch, unsigned depth, struct token *key, struct error **err);

/* Forgets the keys of the objects at `depth` and deeper. */
void key_watch_leave(struct key_watch *watch, unsigned depth);

/* Takes NULL. Returns NULL. */
struct key_watch *key_watch_free(struct key_watch *watch);

#endif
