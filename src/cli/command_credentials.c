#include "base/limits.h"
#include "cli/command_list.h"
#include "cli/copies.h"
#include "cli/filter.h"
#include "cli/session.h"

static int compare_rows(const void *left, const void *right)
{
	const struct credential *a = left, *b = right;
	int order = slice_compare(a->registry, b->registry);

	if (order == 0 && a->secrets != b->secrets)
		return a->secrets > b->secrets ? -1 : 1;
	order = order ? order : slice_compare(a->username, b->username);
	return order ? order : slice_compare(a->fingerprint, b->fingerprint);
}

static int collect_rows(struct session *session, const struct filter *filter, struct record_list *ret_rows,
			struct error **err)
{
	struct world *world = session->world;
	struct credential *rows = arena_zeroed(&world->arena, world->credentials.len + 1, sizeof *rows);
	size_t count = 0;

	if (!rows)
		return arena_fail(&world->arena, err);
	for (size_t i = 0; i < world->credentials.len; i++) {
		const struct world_credential *credential = world->credentials.items[i];
		if (!filter_registry(filter, credential->registry) || !filter_account(filter, credential->username))
			continue;
		const struct credential *row = world_credential_row(world, credential);
		if (!row)
			return arena_fail(&world->arena, err);
		rows[count++] = *row;
	}
	qsort(rows, count, sizeof *rows, compare_rows);
	*ret_rows = (struct record_list){ rows, count };
	return 0;
}

static int print(struct session *session, struct output *output, const struct filter *filter, struct error **err)
{
	struct envelope envelope = session_envelope(session, "fother/credentials/v1");
	struct record_list rows;

	if (collect_rows(session, filter, &rows, err) < 0 || output_begin(output, &envelope, err) < 0 ||
	    output_items(output, &credential_type, rows, err) < 0)
		return -1;
	if (output_is_screen(output) && output->format == OUTPUT_WIDE &&
	    copies_table(rows, &session->arena, &output->text, err) < 0)
		return -1;
	return output_end(output, &envelope, err) < 0 ? -1 : session_exit_code(session);
}

static int run(const struct options *options, struct error **err)
{
	return filter_run(options, print, err);
}

const struct command command_credentials = {
	.name = "credentials",
	.operands = "",
	.summary = "Every registry login: where its copies are, how old, who uses it.",
	.text = "Lists each login once, however many secrets hold it: registry, user, kind, fingerprint, since when it is "
		"known not to have changed, how many secrets, namespaces and clusters hold it, which workloads pull with it "
		"or can read it, and what would revert a change. Values are never shown or stored: the fingerprint tells "
		"copies of one login from another. -o wide lists every copy, JSON every user too.",
	.options = OPTIONS_ALWAYS | OPTIONS_OUTPUT | OPTIONS_SOURCES | OPTION_BIT(REGISTRY) | OPTION_BIT(ACCOUNT),
	.logins_only = true,
	.run = run,
};
