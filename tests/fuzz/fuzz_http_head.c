/* Heads of HTTP answers, a line of the input each: what is kept stays in its room and is fit to be shown, and a wait
 * that the server asks for is never negative. */
#include <stdlib.h>
#include <string.h>

#include "base/time.h"
#include "net/head.h"
#include "net/retry.h"

#define NOW (INT64_C(1795595530) * USEC_PER_SECOND) /* 2026-11-25T08:32:10Z */

static void require(bool holds)
{
	if (!holds)
		abort();
}

static void check_text(const char *text, size_t room)
{
	size_t len = strnlen(text, room);
	require(len < room);
	for (size_t i = 0; i < len; i++)
		require(text[i] >= 0x20 && text[i] < 0x7f);
}

static void check_head(const struct head *head)
{
	require(head->status >= 0 && head->status <= 999);
	require(!head->done || head->status >= 200);
	check_text(head->content_type, sizeof head->content_type);
	check_text(head->date, sizeof head->date);
	check_text(head->retry_after, sizeof head->retry_after);
	char again[HEAD_TYPE_BYTES];
	require(!strcmp(head_media_type(slice_of(head->content_type), again), head->content_type));
	int64_t ms;
	if (retry_after_parse(slice_of(head->retry_after), slice_of(head->date), NOW, &ms))
		require(ms >= 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice rest = { (const char *)data, size }, line;
	struct head head = { 0 };
	int ends = 0;
	while (rest.len) {
		slice_cut(rest, '\n', &line, &rest);
		ends += head_add(&head, line) == HEAD_DONE;
		check_head(&head);
	}
	require(ends <= 1);
	return 0;
}
