/* A layout, or what `docker save` wrote, in a tar: one walk over it keeps what can name images or be a manifest or
 * config; layers go by. */
#include "base/alloc.h"
#include "base/ascii.h"
#include "base/limits.h"
#include "base/strbuf.h"
#include "model/reference.h"
#include "oci/format/manifest.h"
#include "oci/layout/archive_stream.h"
#include "oci/layout/layout_internal.h"

#define NAME_BYTES 4096
#define SHA256_DIGITS 64
#define MARK_BYTES 4096
#define MEMBERS_LOOKED_AT 16

static const struct archive_limits limits = { LIMIT_LAYOUT_RATIO, (int64_t)LIMIT_LAYOUT_RATIO_FROM_BYTES, false };

/* Something that may be asked for. */
struct layout_member {
	struct slice bytes; /* not there: `why` */
	const char *why;
};

/* --- what is kept --- */
enum part { PART_NONE, PART_NAMES, PART_CONFIG, PART_BLOB };

struct place {
	enum part part;
	struct slice folder; /* with '/' at its end; or empty */
	struct slice name;   /* below it */
};

static struct slice last_part(struct slice path, struct slice *ret_folder)
{
	struct slice folder, name;
	if (!slice_cut_last(path, '/', &folder, &name)) {
		*ret_folder = SLICE("");
		return path;
	}
	*ret_folder = slice_part(path, 0, folder.len + 1);
	return name;
}

static bool is_hash_start(struct slice name)
{
	for (size_t i = 0; i < name.len && i < SHA256_DIGITS; i++)
		if (!ascii_is_lower_hex(name.data[i]))
			return false;
	return name.len >= SHA256_DIGITS;
}

static bool is_hash_name(struct slice name)
{
	return is_hash_start(name) && slice_equal_text(slice_part(name, SHA256_DIGITS, name.len), ".json");
}

/* blobs/ALGORITHM/ENCODED at the end of a path: *ret_start is where. */
static bool is_blob_path(struct slice path, size_t *ret_start)
{
	struct slice rest, encoded, algorithm, blobs;
	if (!slice_cut_last(path, '/', &rest, &encoded) || !slice_cut_last(rest, '/', &blobs, &algorithm))
		return false;
	struct slice folder, name = last_part(blobs, &folder);
	*ret_start = folder.len;
	return slice_equal_text(name, "blobs") && encoded.len && algorithm.len;
}

static struct place place_of(struct slice path)
{
	struct slice folder, name = last_part(path, &folder);
	size_t start;
	if (slice_equal_text(name, LAYOUT_MARK) || slice_equal_text(name, LAYOUT_INDEX) ||
	    slice_equal_text(name, LAYOUT_DOCKER))
		return (struct place){ PART_NAMES, folder, name };
	if (is_hash_name(name) || slice_starts_with(name, "sha256:") || slice_equal_text(name, "config.json"))
		return (struct place){ PART_CONFIG, folder, name };
	if (is_blob_path(path, &start))
		return (struct place){ PART_BLOB, slice_part(path, 0, start), slice_part(path, start, path.len) };
	return (struct place){ PART_NONE, folder, name };
}

/* --- the walk --- */
struct gathering {
	struct image_layout *layout;
	struct archive_stream stream;
	struct slice below;     /* only what lies there, with '/' at its end; or empty */
	struct slice_list also; /* names to keep beside those that are told by their form */
	struct slice top;       /* the folder of what marks a layout; not there: nothing yet */
	bool several;           /* there are marks in more than one folder */
	struct slice guess;     /* the folder of the first blob or config */
	struct strbuf path;
	size_t members, refused;
	bool full; /* told that no more can be kept */
};

static void gathering_release(struct gathering *g)
{
	archive_stream_release(&g->stream);
	strbuf_release(&g->path);
}

/* The components of a name with '/' between; false: it leads out. */
static bool clean_name(struct slice name, struct strbuf *out)
{
	struct slice part, rest = name;
	if (slice_starts_with(name, "/"))
		return false;
	strbuf_clear(out);
	while (rest.data) {
		slice_cut(rest, '/', &part, &rest);
		if (slice_equal_text(part, ".."))
			return false;
		if (!part.len || slice_equal_text(part, "."))
			continue;
		if (out->len)
			strbuf_add_char(out, '/');
		strbuf_add_slice(out, part);
	}
	return out->len > 0;
}

static size_t max_of(enum part part)
{
	return part == PART_NAMES ? LIMIT_LAYOUT_NAMES_BYTES : LIMIT_IMAGE_CONFIG_BYTES;
}

static bool is_json(struct slice start)
{
	struct slice text = slice_trim(start);
	return text.len && (text.data[0] == '{' || text.data[0] == '[');
}

/* The member's bytes into the arena, or why not. */
static int keep_bytes(struct gathering *g, enum part part, struct layout_member *member, struct error **err)
{
	int64_t size = archive_stream_size(&g->stream), offset;
	struct arena *kept = &g->layout->kept;
	struct slice piece;
	size_t len = 0;
	char *data = NULL;
	if (size < 0 || (uint64_t)size > max_of(part)) {
		member->why = "larger than a manifest or config may be";
		return 0;
	}
	while (archive_stream_piece(&g->stream, &piece, &offset) > 0) {
		if (offset != (int64_t)len || piece.len > (size_t)size - len) {
			member->why = "a sparse file";
			return 0;
		}
		if (!data && !is_json(piece)) {
			member->why = "no JSON";
			return 0;
		}
		if (!data && !(data = arena_bytes(kept, (size_t)size + 1))) {
			member->why = "too much is kept of this archive already";
			return kept->failure == ERROR_LIMIT ? 0 : error_no_memory(err);
		}
		if (piece.len)
			memcpy(data + len, piece.data, piece.len);
		len += piece.len;
	}
	if (g->stream.code || len != (size_t)size)
		member->why = "the archive ends within it";
	else
		member->bytes = (struct slice){ data ? data : "", len };
	return 0;
}

static int put_full(struct gathering *g, struct error **err)
{
	struct image_layout_problem problem = { .code = "too_large",
						.message = SLICE(
							"more manifests and configs than are kept: some are missing"),
						.lost = true };
	if (g->full)
		return 0;
	g->full = true;
	return layout_add_problem(g->layout, &problem, err);
}

static int put_twice(struct gathering *g, struct slice path, struct error **err)
{
	struct image_layout_problem problem = { .code = "duplicate",
						.file = path,
						.message =
							SLICE("it stands twice: the last one counts, as tar has it") };
	return layout_add_problem(g->layout, &problem, err);
}

static int keep_member(struct gathering *g, enum part part, struct slice path, struct error **err)
{
	struct layout_member member = { 0 };
	enum archive_member type = archive_stream_type(&g->stream);
	void **place = map_put(&g->layout->members, path);
	if (!place)
		return error_no_memory(err);
	if (type != ARCHIVE_MEMBER_FILE)
		member.why = type == ARCHIVE_MEMBER_LINK ? "a link, which is not followed" : "no regular file";
	else if (keep_bytes(g, part, &member, err) < 0)
		return -1;
	if (g->layout->kept.failure == ERROR_LIMIT && put_full(g, err) < 0)
		return -1;
	if (*place && part == PART_NAMES && put_twice(g, path, err) < 0)
		return -1;
	if (*place && part == PART_BLOB && !member.bytes.data)
		return 0; /* the same blob once more, or nothing in its place */
	struct layout_member *kept = *place ? *place : arena_zeroed(&g->layout->arena, 1, sizeof *kept);
	if (!kept)
		return arena_fail(&g->layout->arena, err);
	*kept = member;
	*place = kept;
	return 0;
}

/* Of several folders with marks, the top one is meant; else nobody knows which. */
static int note_mark(struct gathering *g, const struct place *place, struct slice path, struct error **err)
{
	const struct layout_member *member = map_get(&g->layout->members, path);
	if (!member || !image_layout_marks(place->name, slice_part(member->bytes, 0, MARK_BYTES)))
		return 0;
	g->several = g->several || (g->top.data && !slice_equal(g->top, place->folder));
	if (g->top.data && place->folder.len >= g->top.len)
		return 0;
	return arena_copy(&g->layout->arena, place->folder, &g->top) < 0 ? arena_fail(&g->layout->arena, err) : 0;
}

static int note_guess(struct gathering *g, const struct place *place, struct error **err)
{
	if (g->guess.data)
		return 0;
	return arena_copy(&g->layout->arena, place->folder, &g->guess) < 0 ? arena_fail(&g->layout->arena, err) : 0;
}

/* 1: the member's name below the folder that is read. 0: it is not of interest. */
static int next_path(struct gathering *g, struct slice *ret_path, struct error **err)
{
	if (archive_stream_type(&g->stream) == ARCHIVE_MEMBER_FOLDER)
		return 0;
	bool stays_inside = clean_name(slice_part(archive_stream_name(&g->stream), 0, NAME_BYTES), &g->path);
	if (strbuf_failed(&g->path, err))
		return -1;
	if (!stays_inside) {
		g->refused++;
		return 0;
	}
	struct slice path = strbuf_slice(&g->path);
	if (g->below.len && !slice_starts_with(path, g->below.data))
		return 0;
	*ret_path = slice_part(path, g->below.len, path.len);
	return 1;
}

static int take_member(struct gathering *g, struct error **err)
{
	struct slice path;
	int found = next_path(g, &path, err);
	if (found <= 0)
		return found;
	struct place place = place_of(path);
	if (place.part == PART_NONE && slice_list_has(g->also, path))
		place.part = PART_NAMES;
	if (place.part == PART_NONE)
		return 0;
	if (keep_member(g, place.part, path, err) < 0)
		return -1;
	return place.part == PART_NAMES ? note_mark(g, &place, path, err) : note_guess(g, &place, err);
}

/* --- what went wrong --- */
static int put_whole(struct image_layout *layout, const char *code, const char *message, bool lost, struct error **err)
{
	struct image_layout_problem problem = { .code = code, .message = slice_of(message), .lost = lost };
	return layout_add_problem(layout, &problem, err);
}

static int put_damage(struct gathering *g, struct error **err)
{
	struct image_layout *layout = g->layout;
	struct slice kept;
	if (!g->stream.code)
		return 0;
	if (arena_copy(&layout->arena, slice_of(g->stream.damage), &kept) < 0)
		return arena_fail(&layout->arena, err);
	layout->damage = kept.data;
	return put_whole(layout, g->stream.code, layout->damage, true, err);
}

static int put_refused(struct gathering *g, struct error **err)
{
	char message[128];
	if (!g->refused)
		return 0;
	snprintf(message, sizeof message, "%zu names are absolute or lead out of the archive: passed over", g->refused);
	return put_whole(g->layout, "bad_name", message, false, err);
}

static int gather(struct gathering *g, struct slice bytes, struct error **err)
{
	if (archive_stream_begin(&g->stream, bytes, &limits, err) < 0)
		return -1;
	while (archive_stream_next(&g->stream) > 0) {
		if (++g->members > LIMIT_LAYOUT_MEMBERS)
			return put_whole(g->layout, "too_large", "more members than are read: what follows is missing",
					 true, err);
		if (take_member(g, err) < 0)
			return -1;
	}
	return put_damage(g, err);
}

/* --- opening --- */
/* Names that place_of tells were all looked at. */
static bool is_in_its_own_way(struct slice name)
{
	return place_of(name).part == PART_NONE;
}

static int get(struct image_layout *layout, struct slice name, size_t max, struct layout_content *ret_content,
	       struct error **err)
{
	CLEANUP(strbuf_release) struct strbuf path = STRBUF_INIT(2 * NAME_BYTES);
	strbuf_add_slice(&path, layout->top);
	strbuf_add_slice(&path, slice_part(name, 0, NAME_BYTES));
	if (strbuf_failed(&path, err))
		return -1;
	const struct layout_member *member = map_get(&layout->members, strbuf_slice(&path));
	*ret_content = (struct layout_content){ 0 };
	if (!member && is_in_its_own_way(name) && !map_put(&layout->missed, strbuf_slice(&path)))
		return error_no_memory(err);
	if (!member) {
		ret_content->outcome = layout->damage ? IMAGE_FAILED : IMAGE_ABSENT;
		ret_content->why = layout->damage ? slice_of(layout->damage) : SLICE("not in the archive");
	} else if (!member->bytes.data) {
		ret_content->outcome = IMAGE_INVALID;
		ret_content->why = slice_of(member->why);
	} else if (member->bytes.len > max) {
		ret_content->outcome = IMAGE_INVALID;
		ret_content->why = SLICE("larger than it may be");
	} else {
		ret_content->outcome = IMAGE_PRESENT;
		ret_content->bytes = member->bytes;
	}
	return 0;
}

static const struct layout_ops archive_ops = { get };

static int keep_below(struct image_layout *layout, struct slice below, struct slice *ret_below, struct error **err)
{
	*ret_below = SLICE("");
	if (!below.len)
		return 0;
	*ret_below = arena_printf(&layout->arena, "%.*s/", SLICE_ARG(below));
	return ret_below->data ? 0 : arena_fail(&layout->arena, err);
}

/* --- configs with names of their own --- */
/* Once more over the archive, for those alone; what is wrong with it was told. */
static int gather_missed(struct gathering *first, struct slice bytes, const struct map *missed, struct error **err)
{
	CLEANUP(gathering_release)
	struct gathering g = {
		.layout = first->layout, .below = first->below, .path = STRBUF_INIT(NAME_BYTES), .full = first->full
	};
	if (archive_stream_begin(&g.stream, bytes, &limits, err) < 0)
		return -1;
	while (archive_stream_next(&g.stream) > 0 && ++g.members <= LIMIT_LAYOUT_MEMBERS) {
		struct slice path;
		int found = next_path(&g, &path, err);
		if (found < 0 || (found && map_get(missed, path) && keep_member(&g, PART_CONFIG, path, err) < 0))
			return -1;
	}
	return 0;
}

/* manifest.json may call its configs as it likes: what it named and was not kept is looked for, and then it is read
 * again. */
static int read_names(struct gathering *g, struct slice bytes, struct error **err)
{
	struct image_layout *layout = g->layout;
	size_t problems = layout->problems.len;
	CLEANUP(map_release) struct map missed = { 0 };
	if (layout_read_names(layout, err) < 0)
		return -1;
	missed = layout->missed;
	layout->missed = (struct map){ 0 };
	for (size_t i = 0; i < missed.len; i++)
		missed.items[i].value = g;
	if (!missed.len)
		return 0;
	if (gather_missed(g, bytes, &missed, err) < 0)
		return -1;
	layout->problems.len = problems;
	layout->roots.len = layout->settled = layout->unnamed.len = 0;
	map_clear(&layout->config_names);
	return layout_read_names(layout, err);
}

/* Whether it is one, and where in the archive it lies. */
static bool find_top(struct gathering *g)
{
	bool named = g->top.data && (!g->several || !g->top.len);
	if (named)
		g->layout->top = g->top;
	else if (g->layout->damage && g->guess.data && !g->top.data)
		g->layout->top = g->guess;
	else
		return false;
	return true;
}

int image_layout_open_archive(const struct image_layout_archive *archive, struct image_layout **ret_layout,
			      struct error **err)
{
	CLEANUP(image_layout_freep) struct image_layout *layout = layout_new(&archive_ops, err);
	if (!layout)
		return -1;
	CLEANUP(gathering_release)
	struct gathering g = { .layout = layout, .also = archive->also, .path = STRBUF_INIT(NAME_BYTES) };
	if (keep_below(layout, archive->below, &g.below, err) < 0 || gather(&g, archive->bytes, err) < 0)
		return -1;
	if (!find_top(&g))
		return 0;
	if (put_refused(&g, err) < 0 || read_names(&g, archive->bytes, err) < 0)
		return -1;
	*ret_layout = TAKE_PTR(layout);
	return 1;
}

/* --- by its first members --- */
/* Layers as those who write such archives call them. */
static bool is_layer_name(struct slice path)
{
	struct slice folder, name = last_part(path, &folder);
	return slice_equal_text(name, "layer.tar") ||
	       (is_hash_start(name) && slice_contains(slice_part(name, SHA256_DIGITS, name.len), ".tar"));
}

int image_layout_archive_likely(struct slice bytes, struct error **err)
{
	CLEANUP(gathering_release) struct gathering g = { .path = STRBUF_INIT(NAME_BYTES) };
	bool likely = false;
	if (archive_stream_begin(&g.stream, bytes, &limits, err) < 0)
		return -1;
	while (!likely && archive_stream_next(&g.stream) > 0 && g.members < MEMBERS_LOOKED_AT) {
		struct slice path;
		int found = next_path(&g, &path, err);
		if (found < 0)
			return -1;
		g.members += found > 0;
		likely = found && (place_of(path).part != PART_NONE || is_layer_name(path));
	}
	return likely;
}

void layout_archive_release(struct image_layout *layout)
{
	map_release(&layout->members);
	map_release(&layout->missed);
	arena_release(&layout->kept);
}

/* --- without names --- */
/* What a kept member of a damaged archive is by what it holds, as a root; digest not there: none. */
static int guess_root(struct image_layout *layout, struct slice name, struct layout_root *ret_root, struct error **err)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT(LIMIT_IMAGE_BYTES);
	struct layout_content content;
	struct oci_manifest manifest;
	struct slice digest;
	bool verified, blob = slice_starts_with(name, "blobs/");
	*ret_root = (struct layout_root){ .repository = SLICE("") };
	if (layout_digest_of_name(layout, name, &digest, err) < 0)
		return -1;
	if (!digest.data)
		return 0;
	if (!blob && layout_remember_config(layout, digest, name, err) < 0)
		return -1;
	if (layout_get_manifest(layout, digest, &arena, &content, &verified, err) < 0)
		return -1;
	if (content.outcome != IMAGE_PRESENT || !verified)
		return 0;
	ret_root->is_config = !blob;
	if (!blob) {
		ret_root->media_type = SLICE(LAYOUT_CONFIG_TYPE);
		ret_root->digest = digest;
		return 0;
	}
	int parsed = oci_manifest_parse(content.bytes, SLICE_NONE, &arena, &manifest, err);
	if (parsed > 0)
		ret_root->digest = digest;
	return parsed < 0 ? -1 : 0;
}

int layout_archive_guess(struct image_layout *layout, struct error **err)
{
	for (size_t i = 0; i < layout->members.len; i++) {
		struct slice path = layout->members.items[i].key;
		struct layout_root root;
		if (layout->top.len && !slice_starts_with(path, layout->top.data))
			continue;
		if (guess_root(layout, slice_part(path, layout->top.len, path.len), &root, err) < 0)
			return -1;
		if (root.digest.data && layout_add_root(layout, &root, err) < 0)
			return -1;
	}
	return 0;
}
