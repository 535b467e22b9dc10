#include "net/head.h"

#include <string.h>

#include "base/ascii.h"
#include "base/cursor.h"
#include "base/limits.h"
#include "base/secret.h"

/* A token of RFC 9110, section 5.6.2, and the slash between the two of a media type. */
static bool is_type_char(int byte)
{
	return ascii_is_alphanumeric(byte) || (byte > 0 && strchr("!#$%&'*+-.^_`|~/", byte));
}

const char *head_media_type(struct slice value, char room[HEAD_TYPE_BYTES])
{
	struct slice type, parameters;
	size_t slashes = 0;

	slice_cut(value, ';', &type, &parameters);
	type = slice_trim(type);
	room[0] = '\0';
	if (type.len >= HEAD_TYPE_BYTES)
		return room;
	for (size_t i = 0; i < type.len; i++) {
		if (!is_type_char(type.data[i]))
			return room;
		slashes += type.data[i] == '/';
	}
	if (slashes != 1 || type.data[0] == '/' || type.data[type.len - 1] == '/')
		return room;
	for (size_t i = 0; i < type.len; i++)
		room[i] = (char)ascii_lower(type.data[i]);
	room[type.len] = '\0';
	return room;
}

/* A value that is longer, or holds what no date or number does, is left out. */
static void keep(struct slice value, char room[HEAD_VALUE_BYTES])
{
	room[0] = '\0';
	if (value.len >= HEAD_VALUE_BYTES)
		return;
	for (size_t i = 0; i < value.len; i++)
		if (value.data[i] < 0x20 || value.data[i] > 0x7e)
			return;
	if (value.len)
		memcpy(room, value.data, value.len);
	room[value.len] = '\0';
}

/* --- what is kept for the owner --- */

#define NAME(text)                                                                                                     \
	{                                                                                                              \
		text, sizeof(text) - 1                                                                                 \
	}

static const struct slice kept_names[] = {
	NAME("content-length"),
	NAME("docker-content-digest"),
	NAME("docker-ratelimit-source"),
	NAME("etag"),
	NAME("link"),
	NAME("location"),
	NAME("oci-filters-applied"),
	NAME("ratelimit-limit"),
	NAME("ratelimit-remaining"),
	NAME("retry-after"),
	NAME("warning"),
	NAME("www-authenticate"),
	NAME("x-retry-after"),
};
#define KEPT_NAMES (sizeof kept_names / sizeof *kept_names)

/* From 1; 0: none of them. */
static size_t kept_name(struct slice name)
{
	for (size_t i = 0; i < KEPT_NAMES; i++)
		if (slice_equal_nocase(name, kept_names[i]))
			return i + 1;
	return 0;
}

static void keep_for_owner(struct head *head, size_t name, struct slice value)
{
	if (value.len > HEAD_KEPT_BYTES - 2 || head->kept_len > HEAD_KEPT_BYTES - 2 - value.len)
		return;
	for (size_t i = 0; i < value.len; i++)
		if (((unsigned char)value.data[i] < 0x20 && value.data[i] != '\t') || value.data[i] == 0x7f)
			return;
	head->kept[head->kept_len++] = (char)name;
	if (value.len)
		memcpy(head->kept + head->kept_len, value.data, value.len);
	head->kept_len += value.len;
	head->kept[head->kept_len++] = '\0';
}

struct slice head_kept(struct slice kept, struct slice name, size_t n)
{
	struct cursor c = cursor_on(kept);
	struct slice value;
	size_t wanted = kept_name(name);

	while (cursor_left(&c)) {
		size_t is = (size_t)cursor_take(&c);
		if (!cursor_take_to(&c, '\0', &value))
			break;
		cursor_skip(&c, 1);
		if (is == wanted && n-- == 0)
			return value;
	}
	return SLICE_NONE;
}

/* --- lines --- */

/* "HTTP/1.1 200 OK", "HTTP/2 200 ". */
static bool read_status(struct slice line, int *ret_status)
{
	struct cursor c = cursor_on(line);
	int status = 0;

	if (!slice_starts_with(line, "HTTP/"))
		return false;
	while (cursor_left(&c) && cursor_peek(&c) != ' ')
		cursor_skip(&c, 1);
	cursor_skip(&c, 1);
	for (int i = 0; i < 3; i++) {
		int digit = cursor_take(&c);
		if (!ascii_is_digit(digit))
			return false;
		status = status * 10 + digit - '0';
	}
	if (ascii_is_digit(cursor_peek(&c)))
		return false;
	*ret_status = status;
	return true;
}

static void read_field(struct head *head, struct slice line)
{
	struct slice name, value;

	if (!slice_cut(line, ':', &name, &value))
		return;
	value = slice_trim(value);
	if (slice_equal_nocase(name, SLICE("content-type")))
		head_media_type(value, head->content_type);
	else if (slice_equal_nocase(name, SLICE("date")))
		keep(value, head->date);
	else if (slice_equal_nocase(name, SLICE("retry-after")))
		keep(value, head->retry_after);
	size_t kept = kept_name(name);
	if (kept)
		keep_for_owner(head, kept, value);
}

/* Its room is large: what was in it is not looked at, but not set to zeros. */
static void begin(struct head *head, int status)
{
	head->status = status;
	head->done = false;
	head->content_type[0] = head->date[0] = head->retry_after[0] = '\0';
	head->kept_len = 0;
}

void head_clear(struct head *head)
{
	secret_wipe(head->kept, head->kept_len);
	begin(head, 0);
	head->bytes = 0;
}

static enum head_state end_of_head(struct head *head)
{
	if (head->status >= 200) {
		head->done = true;
		return HEAD_DONE;
	}
	begin(head, 0);
	return HEAD_MORE;
}

enum head_state head_add(struct head *head, struct slice line)
{
	int status;

	head->bytes += line.len;
	if (head->bytes > LIMIT_HTTP_HEAD_BYTES)
		return HEAD_TOO_LARGE;
	line = slice_trim(line);
	if (head->done)
		return HEAD_MORE;
	if (!line.len)
		return end_of_head(head);
	if (read_status(line, &status))
		begin(head, status);
	else
		read_field(head, line);
	return HEAD_MORE;
}
