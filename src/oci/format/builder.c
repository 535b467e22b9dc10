#include "oci/format/history.h"

static const char *const names[] = {
	[BUILDER_DOCKER] = "docker",
	[BUILDER_BUILDKIT] = "buildkit",
	[BUILDER_BUILDAH] = "buildah",
	[BUILDER_KANIKO] = "kaniko",
	[BUILDER_JIB] = "jib",
	[BUILDER_KO] = "ko",
	[BUILDER_BAZEL] = "bazel",
	[BUILDER_NIX] = "nix",
	[BUILDER_BUILDPACKS] = "buildpacks",
	[BUILDER_DEBUERREOTYPE] = "debuerreotype",
};

const char *image_builder_text(enum image_builder builder)
{
	return (size_t)builder < sizeof names / sizeof names[0] ? names[builder] : NULL;
}

/* Where in an entry a builder leaves its mark. The first row that fits counts, so the surest come first: an author is
 * written by the tool, while a command may quote anything. */
enum mark_place { MARK_AUTHOR, MARK_COMMENT, MARK_COMMAND, MARK_COMMAND_END, MARK_COMMAND_HOLDS };

static const struct mark {
	enum image_builder builder;
	enum mark_place place;
	const char *text;
} marks[] = {
	{ BUILDER_BUILDKIT, MARK_COMMENT, "buildkit." },
	{ BUILDER_BUILDKIT, MARK_COMMAND_END, "# buildkit" },
	{ BUILDER_DEBUERREOTYPE, MARK_COMMENT, "debuerreotype" },
	{ BUILDER_KANIKO, MARK_AUTHOR, "kaniko" },
	{ BUILDER_JIB, MARK_AUTHOR, "Jib" },
	{ BUILDER_JIB, MARK_COMMAND, "jib-" },
	{ BUILDER_KO, MARK_AUTHOR, "ko" },
	{ BUILDER_KO, MARK_COMMAND, "ko build " },
	{ BUILDER_KO, MARK_COMMAND, "ko publish " },
	{ BUILDER_BAZEL, MARK_AUTHOR, "Bazel" },
	{ BUILDER_BAZEL, MARK_COMMAND, "bazel build " },
	{ BUILDER_NIX, MARK_COMMENT, "store paths: " },
	{ BUILDER_BUILDPACKS, MARK_COMMAND, "Buildpacks " },
	{ BUILDER_BUILDPACKS, MARK_COMMAND_HOLDS, "Created by buildpack: " },
	{ BUILDER_BUILDPACKS, MARK_COMMAND, "Application Layer" },
	{ BUILDER_BUILDPACKS, MARK_COMMAND, "Software Bill-of-Materials" },
	{ BUILDER_DEBUERREOTYPE, MARK_COMMAND, "# debian.sh " },
	{ BUILDER_BUILDAH, MARK_COMMENT, "FROM " },
	{ BUILDER_BUILDAH, MARK_COMMAND_HOLDS, "|unsetLabel=" },
	{ BUILDER_BUILDAH, MARK_COMMAND_HOLDS, "|inheritLabels=" },
	{ BUILDER_BUILDAH, MARK_COMMAND_HOLDS, "|force-mtime=" },
	{ BUILDER_BUILDAH, MARK_COMMAND, "/bin/sh -c #(nop) FROM " },
};

/* buildah writes as the classic builder does, but with one blank where that has two; COPY and ADD have one with both.
 */
static bool is_buildah(struct slice command)
{
	static const char start[] = "/bin/sh -c #(nop) ";
	struct slice rest = slice_part(command, sizeof start - 1, command.len);
	return slice_starts_with(command, start) && rest.len && rest.data[0] != ' ' &&
	       !slice_starts_with(rest, "COPY ") && !slice_starts_with(rest, "ADD ");
}

/* The classic builder puts what it did behind the shell that it would have run: `/bin/sh -c #(nop)  CMD ["sh"]`, and
 * on Windows `cmd /S /C #(nop)  ...`. */
static bool is_classic(struct slice command)
{
	return slice_contains(command, " #(nop) ") || slice_starts_with(command, "/bin/sh -c ") ||
	       slice_starts_with(command, "|");
}

/* `ADD file:... in / ` as the first thing of an image: how root file systems came into official images. */
static bool is_root_file_system(struct slice command)
{
	command = slice_trim(command);
	return slice_starts_with(command, "/bin/sh -c #(nop) ADD file:") && slice_ends_with(command, " in /");
}

static bool mark_fits(const struct mark *mark, const struct oci_history *entry)
{
	struct slice command = entry->created_by;
	switch (mark->place) {
	case MARK_AUTHOR:
		return slice_equal_text(entry->author, mark->text);
	case MARK_COMMENT:
		return slice_starts_with(entry->comment, mark->text);
	case MARK_COMMAND:
		return slice_starts_with(command, mark->text);
	case MARK_COMMAND_END:
		return slice_ends_with(slice_trim(command), mark->text);
	case MARK_COMMAND_HOLDS:
		return slice_contains(command, mark->text);
	}
	return false;
}

enum image_builder image_builder_of(const struct oci_history *entry)
{
	for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++)
		if (mark_fits(&marks[i], entry))
			return marks[i].builder;
	if (is_root_file_system(entry->created_by))
		return BUILDER_DEBUERREOTYPE;
	if (is_buildah(entry->created_by))
		return BUILDER_BUILDAH;
	return is_classic(entry->created_by) ? BUILDER_DOCKER : BUILDER_UNKNOWN;
}

enum image_builder image_builder_of_all(const struct oci_history *entries, size_t count)
{
	for (size_t i = count; i > 0; i--) {
		enum image_builder builder = image_builder_of(&entries[i - 1]);
		if (builder != BUILDER_UNKNOWN)
			return builder;
	}
	return BUILDER_UNKNOWN;
}
