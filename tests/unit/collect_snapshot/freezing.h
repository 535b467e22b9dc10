/* Lists of made-up objects, put as a live cluster's are: straight into a sink, or by way of a frozen snapshot. */
#ifndef FOTHER_TESTS_UNIT_COLLECT_SNAPSHOT_FREEZING_H
#define FOTHER_TESTS_UNIT_COLLECT_SNAPSHOT_FREEZING_H

#include "base/strbuf.h"
#include "base/vec.h"
#include "collect/frozen/frozen_writer.h"
#include "fixture.h"

/* What no byte of a snapshot may hold. */
#define PLANTED_PASSWORD "made-up-password-of-the-hub"
#define PLANTED_TOKEN "dckr_pat_made-up-token-of-the-hub"
#define PLANTED_OTHER "made-up-value-that-is-no-login"
#define PLANTED_IN_TEXT "ghp_MADEupTOKENinAmessage0123456789"

struct made_list {
	struct frozen_about about;
	const char *outcome, *why;
	struct {
		VEC(char *)
	} items;
	size_t lost; /* items that were too large to come at all, behind the others */
};

struct made_world {
	const char *name, *uid, *server_version, *outcome, *why, *notes;
	int64_t as_of;
	struct {
		VEC(struct made_list)
	} lists;
};

#define MADE_AS_OF INT64_C(1795607700000000) /* 2026-11-25T11:55:00Z */

void made_world_init(struct made_world *world);
void made_world_release(struct made_world *world);
/* namespace and subtype of all. The list may move when another is made. */
struct made_list *made_list(struct made_world *world, const char *kind, const char *group, const char *resource);
void made_item(struct made_list *list, const char *json);
/* A secret whose data is {key: base64 of value}. */
void made_secret(struct made_list *list, const char *name, const char *type, const char *key, const char *value);
/* Objects of each kind with all that can be wrong with them, and planted values. */
void made_world_fill(struct made_world *world);

/* Puts the world into the reading's sink, and finishes its read. */
void put_directly(struct reading *reading, const struct made_world *world);
/* Writes a run of it; the path of its folder goes to `ret_path` where that is not NULL. */
void freeze(const char *dir, const struct made_world *world, struct strbuf *ret_path);
/* The same without an end, as if it had been killed. */
void freeze_and_die(const char *dir, const struct made_world *world, struct strbuf *ret_path);

/* Every record of a read as a line of JSON, in the order of lines, and how the read ended; without the read's number.
 */
void read_text(const struct reading *reading, int64_t read, struct strbuf *out);
/* Read number `read` of `frozen` is the world that was put directly. */
void check_same_read(const struct reading *frozen, int64_t read, const struct made_world *world);

/* Paths of all files below the folder, in the order of names, each with a line end behind it. */
void list_files(const char *folder, struct strbuf *out);
/* All bytes of a file. */
void file_text(const char *path, struct strbuf *out);
/* Replaces the file's bytes. */
void file_write(const char *path, struct slice bytes);
/* DIR/NAME for strbuf_text(dir), in a buffer of its own that the caller frees. */
char *path_in(const struct strbuf *dir, const char *name);

#endif
