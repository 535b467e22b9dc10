#include "cli/registry_options.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "cli/contexts.h"
#include "credential/registry_name.h"

static bool takes(const struct options *options, unsigned long long bit)
{
	return options->command && (options->command->options & bit);
}

bool registry_options_asks(const struct options *options)
{
	if (takes(options, OPTION_BIT(OFFLINE))) /* what is named is asked for */
		return !options->offline;
	return takes(options, OPTION_BIT(READ_REGISTRY)) ? options->read_registry
							 : takes(options, OPTION_BIT(PLAIN_HTTP));
}

/* One that says how a registry is asked; NULL: none. */
static const char *asking_option(const struct options *options)
{
	return options->plain_http.len     ? "--plain-http"
	       : options->token_hosts.len  ? "--token-host"
	       : options->ca_file          ? "--ca-file"
	       : options->mirrors.len      ? "--mirror"
	       : options->use_pull_secrets ? "--use-pull-secrets"
					   : NULL;
}

static int check_readable(const struct text_list *files, const char *option, struct error **err)
{
	for (size_t i = 0; i < files->len; i++)
		if (strcmp(files->items[i], "-") != 0 && access(files->items[i], R_OK) != 0)
			return error_set(err, ERROR_USAGE, "%s %s: there is no file of that name that can be read",
					 option, files->items[i]);
	return 0;
}

int registry_options_check(const struct options *options, struct error **err)
{
	const char *option = asking_option(options);

	if (option && !registry_options_asks(options))
		return error_set(err, ERROR_USAGE, "%s says how a registry is asked, and none is: %s", option,
				 takes(options, OPTION_BIT(OFFLINE)) ? "leave --offline away"
								     : "give --read-registry too");
	if (options->use_pull_secrets && options->metadata_only)
		return error_set(err, ERROR_USAGE,
				 "--use-pull-secrets needs the values of secrets, and --metadata-only asks for none: "
				 "give one of them");
	if (options->use_pull_secrets && !options->snapshots.len && !contexts_given(options))
		return error_set(err, ERROR_USAGE,
				 "--use-pull-secrets needs secrets to be read now, for their values are never stored: "
				 "give --context NAME or --snapshot DIR too");
	if (check_readable(&options->hub_audit, "--hub-audit", err) < 0)
		return -1;
	return check_readable(&options->hub_usage, "--hub-usage", err);
}

/* --- what registries are asked with --- */

static int take_hosts(const struct text_list *given, const char *option, struct arena *arena,
		      struct slice_list *ret_hosts, struct error **err)
{
	struct slice *hosts = arena_zeroed(arena, given->len + 1, sizeof *hosts);

	if (!hosts)
		return arena_fail(arena, err);
	for (size_t i = 0; i < given->len; i++)
		if (registry_name_given(slice_of(given->items[i]), arena, &hosts[i], err) < 0)
			return options_fail(err, "%s %s", option, given->items[i]);
	*ret_hosts = (struct slice_list){ hosts, given->len };
	return 0;
}

static int take_mirror(const char *given, struct arena *arena, struct registry_mirror *mirror, struct error **err)
{
	struct slice host, upstream;

	if (!slice_cut(slice_of(given), '=', &host, &upstream))
		return error_set(err, ERROR_USAGE, "--mirror %s: write HOST=UPSTREAM (mirror.example=docker.io)",
				 given);
	if (registry_name_given(host, arena, &mirror->host, err) < 0 ||
	    registry_name_given(upstream, arena, &mirror->upstream, err) < 0)
		return options_fail(err, "--mirror %s", given);
	if (slice_equal(mirror->host, mirror->upstream))
		return error_set(err, ERROR_USAGE, "--mirror %s: a registry is no mirror of itself", given);
	return 0;
}

static int take_mirrors(const struct options *options, struct arena *arena, struct registry_settings *settings,
			struct error **err)
{
	size_t count = options->mirrors.len;
	struct registry_mirror *mirrors = arena_zeroed(arena, count + 1, sizeof *mirrors);

	if (!mirrors)
		return arena_fail(arena, err);
	for (size_t i = 0; i < count; i++) {
		if (take_mirror(options->mirrors.items[i], arena, &mirrors[i], err) < 0)
			return -1;
		for (size_t k = 0; k < i; k++)
			if (slice_equal(mirrors[k].upstream, mirrors[i].upstream))
				return error_set(err, ERROR_USAGE, "--mirror: %.*s has two mirrors",
						 SLICE_ARG(mirrors[i].upstream));
	}
	settings->mirrors = mirrors;
	settings->mirror_count = count;
	return 0;
}

static int take_ca(const struct options *options, struct arena *arena, struct registry_settings *settings,
		   struct error **err)
{
	CLEANUP(file_release) struct file_bytes file = { 0 };

	if (!options->ca_file)
		return 0;
	if (file_map(AT_FDCWD, options->ca_file, false, &file, err) < 0)
		return options_fail(err, "--ca-file");
	if (!slice_contains(file_slice(&file), "-----BEGIN CERTIFICATE-----"))
		return error_set(err, ERROR_USAGE, "--ca-file %s: holds no certificate in PEM form", options->ca_file);
	return arena_copy(arena, file_slice(&file), &settings->ca_pem) < 0 ? arena_fail(arena, err) : 0;
}

int registry_options_settings(const struct options *options, struct arena *arena,
			      struct registry_settings *ret_settings, struct error **err)
{
	struct registry_settings settings = { 0 };

	if (take_hosts(&options->plain_http, "--plain-http", arena, &settings.plain_http, err) < 0 ||
	    take_hosts(&options->token_hosts, "--token-host", arena, &settings.token_hosts, err) < 0 ||
	    take_mirrors(options, arena, &settings, err) < 0 || take_ca(options, arena, &settings, err) < 0)
		return -1;
	*ret_settings = settings;
	return 0;
}
