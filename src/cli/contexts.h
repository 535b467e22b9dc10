/* The live clusters of a command line: its contexts opened, and read side by side with progress and ^C.
 *
 *     contexts_open(options, &contexts, err);
 *     contexts_read(&contexts, &reading, results, err);
 *     contexts_release(&contexts);
 */
#ifndef FOTHER_CLI_CONTEXTS_H
#define FOTHER_CLI_CONTEXTS_H

#include "base/vec.h"
#include "cli/options.h"
#include "collect/cluster/live.h"

struct contexts {
	struct {
		VEC(struct kube_access *)
	} accesses;
	struct {
		VEC(struct error *)
	} failures; /* contexts that cannot be asked at all: a command that is not allowed, a key that is not there */
};

bool contexts_given(const struct options *options);
/* -1: what was typed cannot be: no such file, no such context, options that exclude each other. */
int contexts_open(const struct options *options, struct contexts *ret_contexts, struct error **err);
void contexts_release(struct contexts *contexts);

struct contexts_reading {
	const struct options *options;
	const struct fingerprint_key *key;
	struct vault *vault; /* takes the logins of pull secrets; NULL: none does */
	int64_t as_of;       /* TIME_UNSET: none given */
	/* One sink for all of them, committed now and then and at the end; or one for each, with a writer of frozen
	 * objects, and nothing to commit. */
	struct sink *sink;
	struct frozen_writer **frozen;
	/* To follow: whom to tell, and what the reading before gave. */
	const struct live_follow *follow;
	const struct live_result *results;
};
/* Reads all, and forgets their logins unless the options say that they will be followed. ret_results: one for each
 * access. *ret_interrupted: ^C ended it. -1: a sink or memory failed. */
int contexts_read(const struct contexts *contexts, const struct contexts_reading *reading,
		  struct live_result *ret_results, bool *ret_interrupted, struct error **err);
/* Follows their secrets until ^C. */
int contexts_follow(const struct contexts *contexts, const struct contexts_reading *reading, struct error **err);

#endif
