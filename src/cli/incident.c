#include "cli/incident.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/file.h"
#include "base/limits.h"
#include "base/time.h"
#include "cli/filter.h"
#include "store/store_read.h"

static int take_accounts(struct session *session, const struct options *options, struct incident *incident,
			 struct error **err)
{
	struct slice *users = arena_zeroed(&session->arena, options->accounts.len + 1, sizeof *users);

	if (!users)
		return arena_fail(&session->arena, err);
	for (size_t i = 0; i < options->accounts.len; i++)
		users[i] = slice_of(options->accounts.items[i]);
	incident->accounts = (struct slice_list){ users, options->accounts.len };
	return 0;
}

/* A breach cannot have begun or ended later than now. */
static int check_window(const struct session *session, const struct incident *incident, struct error **err)
{
	if (incident->window_from != TIME_UNSET && incident->window_from > session->now)
		return error_set(err, ERROR_USAGE, "the window begins in the future");
	if (incident->window_to != TIME_UNSET && incident->window_to > session->now + USEC_PER_DAY)
		return error_set(err, ERROR_USAGE,
				 "the window ends in the future: leave its end away while it is open");
	return 0;
}

int incident_window(const struct session *session, const struct options *options, struct incident *incident,
		    struct error **err)
{
	if (options->since && options->window)
		return error_set(err, ERROR_USAGE, "--since and --window exclude each other");
	if (options->window && time_parse_window(slice_of(options->window), session->now, &incident->window_from,
						 &incident->window_to, err) < 0)
		return options_fail(err, "--window");
	if (options->since && time_parse_given(slice_of(options->since), session->now, &incident->window_from, err) < 0)
		return options_fail(err, "--since");
	return 0;
}

/* A file when one of that name can be opened, else one indicator. */
static int take_bad(struct session *session, const char *given, struct indicators *indicators, struct error **err)
{
	CLEANUP(file_release) struct file_bytes file = { 0 };
	struct slice text;

	if (access(given, F_OK) != 0) {
		if (indicator_add(indicators, slice_of(given), 0, session->now, &session->arena, err) < 0)
			return options_fail(err, "--bad (no file of that name, so an indicator)");
		return 0;
	}
	if (file_map(AT_FDCWD, given, false, &file, err) < 0)
		return error_context(err, "--bad");
	if (arena_copy(&session->arena, file_slice(&file), &text) < 0)
		return arena_fail(&session->arena, err);
	size_t before = indicators->len;
	if (indicator_add_text(indicators, text, given, session->now, &session->arena, err) < 0)
		return options_fail(err, "--bad");
	if (indicators->len == before && before == 0)
		return error_set(err, ERROR_USAGE, "--bad %s: holds no indicator", given);
	return 0;
}

static int list_indicators(struct session *session, const struct indicators *indicators, struct incident *incident,
			   struct error **err)
{
	struct slice *texts = arena_zeroed(&session->arena, indicators->len + 1, sizeof *texts);

	if (!texts)
		return arena_fail(&session->arena, err);
	for (size_t i = 0; i < indicators->len; i++)
		texts[i] = indicators->items[i].text;
	incident->indicators = (struct slice_list){ texts, indicators->len };
	return 0;
}

int incident_from_options(struct session *session, const struct options *options, struct indicators *ret_indicators,
			  struct incident *ret_incident, struct error **err)
{
	struct incident incident;

	record_init(&incident_type, &incident);
	incident.state = SLICE("open");
	incident.opened = incident.refreshed = session->now;
	if (filter_registries(session, options, &incident.registries, err) < 0 ||
	    filter_repositories(session, options, incident.registries, &incident.repositories, err) < 0 ||
	    take_accounts(session, options, &incident, err) < 0 ||
	    incident_window(session, options, &incident, err) < 0 || check_window(session, &incident, err) < 0)
		return -1;
	for (size_t i = 0; i < options->bad.len; i++)
		if (take_bad(session, options->bad.items[i], ret_indicators, err) < 0)
			return -1;
	if (list_indicators(session, ret_indicators, &incident, err) < 0)
		return -1;
	*ret_incident = incident;
	return 0;
}

int incident_by_number(struct session *session, const char *number, struct incident *ret_incident, struct error **err)
{
	char *end;

	errno = 0;
	long long id = strtoll(number, &end, 10);
	if (errno || *end || end == number || id <= 0)
		return error_set(err, ERROR_USAGE, "`%s` is no incident number (see `fother incident list`)", number);
	int found = store_read_incident(session->store, id, &session->arena, ret_incident, err);
	if (found == 0)
		return error_set(err, ERROR_USAGE, "there is no incident %lld (see `fother incident list`)", id);
	return found < 0 ? -1 : 0;
}

int incident_indicators(struct session *session, const struct incident *incident, struct indicators *ret_indicators,
			struct error **err)
{
	for (size_t i = 0; i < incident->indicators.len; i++)
		if (indicator_add(ret_indicators, incident->indicators.items[i], 0, session->now, &session->arena,
				  err) < 0)
			return error_context(err, "incident %lld", (long long)incident->id);
	return 0;
}
