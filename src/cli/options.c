#include "cli/options.h"

#include <stdarg.h>
#include <stdint.h>

#include "base/slice.h"
#include "cli/nearest.h"

#define OPTION_ROW(id, kind_, member_, name_, letter_, argument_, help_)                                               \
	[OPTION_ID_##id] = { .kind = OPTION_KIND_##kind_,                                                              \
			     .offset = offsetof(struct options, member_),                                              \
			     .name = name_,                                                                            \
			     .letter = letter_,                                                                        \
			     .argument = argument_,                                                                    \
			     .help = help_ },

const struct option_row option_rows[OPTION_ID_COUNT] = { OPTIONS(OPTION_ROW) };

struct arguments {
	int count, next;
	char **words;
};

static void *member_of(struct options *options, const struct option_row *row)
{
	return (char *)options + row->offset;
}

static int set_value(struct options *options, const struct option_row *row, const char *value, struct error **err)
{
	switch (row->kind) {
	case OPTION_KIND_FLAG:
		*(bool *)member_of(options, row) = true;
		return 0;
	case OPTION_KIND_COUNT:
		++*(unsigned *)member_of(options, row);
		return 0;
	case OPTION_KIND_TEXT: {
		const char **text = member_of(options, row);
		if (*text && strcmp(*text, value) != 0)
			return error_set(err, ERROR_USAGE, "--%s was given twice", row->name);
		*text = value;
		return 0;
	}
	default: {
		const char **item = vec_push((struct text_list *)member_of(options, row));
		if (!item)
			return error_no_memory(err);
		*item = value;
		return 0;
	}
	}
}

static int apply(struct options *options, const struct option_row *row, const char *inline_value,
		 struct arguments *arguments, struct error **err)
{
	if (!(options->command->options & (1ULL << (row - option_rows))))
		return error_set(err, ERROR_USAGE, "`fother %s` takes no --%s (see `fother %s --help`)",
				 options->command->name, row->name, options->command->name);
	if (!row->argument && inline_value)
		return error_set(err, ERROR_USAGE, "--%s takes no value", row->name);
	if (row->argument && !inline_value) {
		if (arguments->next >= arguments->count)
			return error_set(err, ERROR_USAGE, "--%s needs a value: %s", row->name, row->argument);
		inline_value = arguments->words[arguments->next++];
	}
	return set_value(options, row, inline_value, err);
}

static int unknown_option(const struct options *options, struct slice name, struct error **err)
{
	struct nearest nearest = nearest_to(name);

	for (size_t i = 0; i < OPTION_ID_COUNT; i++)
		if (options->command->options & (1ULL << i))
			nearest_try(&nearest, option_rows[i].name);
	if (nearest.found)
		return error_set(err, ERROR_USAGE, "unknown option --%.*s; did you mean --%s?", SLICE_ARG(name),
				 nearest.found);
	return error_set(err, ERROR_USAGE, "unknown option --%.*s (see `fother %s --help`)", SLICE_ARG(name),
			 options->command->name);
}

static int parse_long(struct options *options, const char *word, struct arguments *arguments, struct error **err)
{
	struct slice name, value;
	bool has_value = slice_cut(slice_of(word), '=', &name, &value);

	for (size_t i = 0; i < OPTION_ID_COUNT; i++)
		if (slice_equal_text(name, option_rows[i].name))
			return apply(options, &option_rows[i], has_value ? value.data : NULL, arguments, err);
	return unknown_option(options, name, err);
}

static int parse_letters(struct options *options, const char *letters, struct arguments *arguments, struct error **err)
{
	for (; *letters; letters++) {
		size_t i = 0;
		while (i < OPTION_ID_COUNT && option_rows[i].letter != *letters)
			i++;
		if (i == OPTION_ID_COUNT)
			return error_set(err, ERROR_USAGE, "unknown option -%c (see `fother %s --help`)", *letters,
					 options->command->name);
		const char *rest = option_rows[i].argument && letters[1] ? letters + 1 : NULL;
		if (apply(options, &option_rows[i], rest, arguments, err) < 0)
			return -1;
		if (option_rows[i].argument)
			return 0;
	}
	return 0;
}

static int parse_words(struct options *options, struct arguments *arguments, struct error **err)
{
	bool only_operands = false;

	while (arguments->next < arguments->count) {
		const char *word = arguments->words[arguments->next++];
		int result = 0;
		if (!only_operands && strcmp(word, "--") == 0)
			only_operands = true;
		else if (!only_operands && word[0] == '-' && word[1] == '-')
			result = parse_long(options, word + 2, arguments, err);
		else if (!only_operands && word[0] == '-' && word[1])
			result = parse_letters(options, word + 1, arguments, err);
		else {
			const char **operand = vec_push(&options->operands);
			if (!operand)
				return error_no_memory(err);
			*operand = word;
		}
		if (result < 0)
			return -1;
	}
	return 0;
}

/* "incident list" before "incident": the longest name that the words begin with. */
static const struct command *find_command(struct arguments *arguments)
{
	const char *first = arguments->words[1], *second = arguments->count > 2 ? arguments->words[2] : NULL;
	struct slice head, tail;

	for (size_t i = 0; second && i < command_count; i++) {
		if (slice_cut(slice_of(commands[i]->name), ' ', &head, &tail) && slice_equal_text(head, first) &&
		    slice_equal_text(tail, second)) {
			arguments->next = 3;
			return commands[i];
		}
	}
	for (size_t i = 0; i < command_count; i++)
		if (strcmp(commands[i]->name, first) == 0) {
			arguments->next = 2;
			return commands[i];
		}
	return NULL;
}

static int unknown_command(const char *word, struct error **err)
{
	struct nearest nearest = nearest_to(slice_of(word));
	bool group = false;

	for (size_t i = 0; i < command_count; i++) {
		nearest_try(&nearest, commands[i]->name);
		size_t len = strlen(word);
		group = group || (strncmp(commands[i]->name, word, len) == 0 && commands[i]->name[len] == ' ');
	}
	if (group)
		return error_set(err, ERROR_USAGE, "`fother %s` needs a second word (see `fother help`)", word);
	if (nearest.found)
		return error_set(err, ERROR_USAGE, "unknown command `%s`; did you mean `%s`?", word, nearest.found);
	return error_set(err, ERROR_USAGE, "unknown command `%s` (see `fother help`)", word);
}

static const char *alias_of(const char *word)
{
	if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0)
		return "help";
	return strcmp(word, "--version") == 0 ? "version" : word;
}

int options_parse(int argc, char **argv, struct options *ret_options, struct error **err)
{
	struct arguments arguments = { .count = argc, .next = 1, .words = argv };

	memset(ret_options, 0, sizeof *ret_options);
	if (argc < 2)
		return error_set(err, ERROR_USAGE, "no command (see `fother help`)");
	const char *alias = alias_of(argv[1]);
	char *words[] = { argv[0], (char *)(uintptr_t)alias };
	struct arguments aliased = { .count = 2, .next = 1, .words = words };
	ret_options->command = find_command(alias == argv[1] ? &arguments : &aliased);
	if (!ret_options->command)
		return unknown_command(argv[1], err);
	if (alias != argv[1])
		arguments.next = 2;
	if (parse_words(ret_options, &arguments, err) < 0)
		return -1;
	if (ret_options->operands.len && !ret_options->command->operands[0])
		return error_set(err, ERROR_USAGE, "`fother %s` takes no `%s` (see `fother %s --help`)",
				 ret_options->command->name, ret_options->operands.items[0],
				 ret_options->command->name);
	return 0;
}

int options_fail(struct error **err, const char *format, ...)
{
	char context[256];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(context, sizeof context, format, arguments);
	va_end(arguments);
	error_context(err, "%s", context);
	if ((*err)->code != ERROR_NO_MEMORY)
		(*err)->code = ERROR_USAGE;
	return -1;
}

void options_release(struct options *options)
{
	for (size_t i = 0; i < OPTION_ID_COUNT; i++)
		if (option_rows[i].kind == OPTION_KIND_LIST)
			vec_release((struct text_list *)member_of(options, &option_rows[i]));
	vec_release(&options->operands);
}
