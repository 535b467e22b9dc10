#include <string.h>

#include "base/ascii.h"
#include "base/time.h"
#include "oci/format/config_internal.h"

#define GO_ZERO (INT64_C(-62135596800) * USEC_PER_SECOND) /* 0001-01-01T00:00:00Z */
#define YEAR_1980 (INT64_C(315532800) * USEC_PER_SECOND)  /* where the dates of ZIP and FAT begin */
#define FRACTION_DIGITS 9                                 /* as many as time_parse takes */
#define DATE_BYTES 64

const char *oci_dating_text(enum oci_dating dating)
{
	static const char *const texts[] = {
		[OCI_DATED] = "dated",
		[OCI_UNDATED] = "undated",
		[OCI_REPRODUCIBLE] = "reproducible",
		[OCI_DATE_INVALID] = "invalid",
	};
	return texts[dating];
}

/* The digits of a fraction from the tenth on say nothing that we keep: Go passes over them too. */
static struct slice cut_fraction(struct slice text, char room[DATE_BYTES])
{
	size_t point = 0, end;
	while (point < text.len && text.data[point] != '.')
		point++;
	for (end = point + 1; end < text.len && ascii_is_digit(text.data[end]);)
		end++;
	if (end <= point + 1 + FRACTION_DIGITS || point + 1 + FRACTION_DIGITS + (text.len - end) > DATE_BYTES)
		return text;
	size_t kept = point + 1 + FRACTION_DIGITS;
	memcpy(room, text.data, kept);
	memcpy(room + kept, text.data + end, text.len - end);
	return (struct slice){ room, kept + text.len - end };
}

static bool in_day_from(int64_t time, int64_t start)
{
	return time >= start && time <= start + USEC_PER_DAY;
}

static enum oci_dating dating_of(int64_t time)
{
	if (in_day_from(time, GO_ZERO))
		return OCI_UNDATED;
	return in_day_from(time, 0) || in_day_from(time, YEAR_1980) ? OCI_REPRODUCIBLE : OCI_DATED;
}

int oci_take_date(struct oci_document *document, const struct oci_place *place, const struct token *token, void *field,
		  struct error **err)
{
	struct oci_date *date = field, read = { .dating = OCI_DATE_INVALID, .time = TIME_UNSET };
	char room[DATE_BYTES];
	int64_t time;
	if (token->type == TOKEN_NULL)
		return 0;
	if (oci_take_text(document, place, token, &read.text, err) < 0)
		return -1;
	CLEANUP(error_freep) struct error *no_date = NULL;
	bool is_date = read.text.data && time_parse(cut_fraction(read.text, room), &time, &no_date) == 0;
	if (is_date)
		read.dating = dating_of(time);
	if (is_date && read.dating != OCI_UNDATED)
		read.time = time;
	*date = read;
	if (is_date || !read.text.data)
		return 0;
	return oci_document_defect(document, place, "bad_date", "is no date of RFC 3339", err);
}
