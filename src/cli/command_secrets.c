#include "base/limits.h"
#include "cli/command_list.h"
#include "cli/filter.h"
#include "cli/watch.h"

/* Those that stop pulls first, then by place. */
static int compare_rows(const void *left, const void *right)
{
	const struct secret_row *a = left, *b = right;

	if (a->blocks_pulls != b->blocks_pulls)
		return a->blocks_pulls == BOOL_TRUE ? -1 : 1;
	int order = slice_compare(a->cluster, b->cluster);
	order = order ? order : slice_compare(a->namespace, b->namespace);
	order = order ? order : slice_compare(a->name, b->name);
	return order ? order : slice_compare(a->uid, b->uid);
}

static int collect_rows(struct session *session, const struct filter *filter, struct record_list *ret_rows,
			struct error **err)
{
	struct world *world = session->world;
	struct secret_row *rows = arena_zeroed(&world->arena, world->secrets.len + 1, sizeof *rows);
	size_t count = 0;

	if (!rows)
		return arena_fail(&world->arena, err);
	for (size_t i = 0; i < world->secrets.len; i++) {
		const struct secret_row *row = world_secret_row(world, world->secrets.items[i]);
		if (!row)
			return arena_fail(&world->arena, err);
		if (filter_any_registry(filter, row->registries))
			rows[count++] = *row;
	}
	qsort(rows, count, sizeof *rows, compare_rows);
	*ret_rows = (struct record_list){ rows, count };
	return 0;
}

static int print(struct session *session, struct output *output, const struct filter *filter, struct error **err)
{
	struct envelope envelope = session_envelope(session, "fother/secrets/v1");
	struct record_list rows;

	if (collect_rows(session, filter, &rows, err) < 0 || output_begin(output, &envelope, err) < 0 ||
	    output_items(output, &secret_row_type, rows, err) < 0)
		return -1;
	if (output_end(output, &envelope, err) < 0)
		return -1;
	return filter->options->watch ? watch_secrets(session, output, filter, err) : session_exit_code(session);
}

static int run(const struct options *options, struct error **err)
{
	if (watch_check(options, err) < 0)
		return -1;
	return filter_run(options, print, err);
}

const struct command command_secrets = {
	.name = "secrets",
	.operands = "",
	.summary = "The Kubernetes secrets that hold registry logins, and what is wrong with them.",
	.text = "Lists every Secret that holds registry logins: both pull-secret types, and others that contain a docker "
		"config. For each: its registries, the last write to its data and by whom, what manages it, who pulls with "
		"it, whether it blocks pulls, and whether it is new, changed or gone since the read before. JSON has its "
		"entries with the images that the kubelet would pull with each, dead keys, and every defect. With --watch it "
		"goes on: each change of a secret in the live clusters is printed and stored as it happens, with the logins "
		"before and after it, through reconnects and restarts of the server; where the server has forgotten what "
		"changed, the secrets are listed again, and a gap says since when.",
	.options = OPTIONS_ALWAYS | OPTIONS_OUTPUT | OPTIONS_SOURCES | OPTION_BIT(REGISTRY) | OPTION_BIT(WATCH),
	.logins_only = true,
	.run = run,
};
