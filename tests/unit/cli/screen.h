/* The answers of triage made by hand, and the screen and rows that are made of them: no store, no dump.
 *
 *     struct screening s;
 *     screening_init(&s, "table");
 *     struct action *action = add_row(&s, &s.triage.actions, &action_type);
 *     check_ok(screen_credentials(&s.screen, &s.err), &s.err);
 *     check_screen(&s, "\nCREDENTIALS   0 logins ...");
 *     screening_release(&s);
 */
#ifndef FOTHER_TESTS_UNIT_CLI_SCREEN_H
#define FOTHER_TESTS_UNIT_CLI_SCREEN_H

#include "cli/triage_screen_internal.h"
#include "support/check.h"

#define DIGEST_A "sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define DIGEST_B "sha256:bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
/* 2026-11-20T00:00:00Z and hours from there. */
#define HOUR(n) (INT64_C(1795132800) * USEC_PER_SECOND + (n)*USEC_PER_HOUR)

struct screening {
	struct world world; /* only its time, findings and reads */
	struct session session;
	struct output output;
	struct triage triage;
	struct screen screen;
	struct error *err;
};

/* 80 columns, no colour, an incident 4 of docker.io, opened at hour 0; it is hour 1. */
void screening_init(struct screening *s, const char *format);
void screening_release(struct screening *s);
/* One more row at the end of a list, everything unknown. Valid until the next one of the list. */
void *add_row(struct screening *s, struct record_list *list, const struct record_type *type);
struct sighting *add_sighting(struct screening *s, const char *state, const char *workload, const char *digest);
/* With a table of one column, for tests of its cells: *state is a struct cells. */
struct cells {
	struct screening s;
	struct table table;
};
int cells_set_up(void **state);
int cells_tear_down(void **state);
/* A line of the text is this one, when runs of blanks count as one and those at its ends as none: how wide columns are
 * is the table's matter. */
void check_line_(const char *text, const char *line, const char *file, int line_number);
#define check_line(text, line) check_line_(text, line, __FILE__, __LINE__)
/* What was written so far, which is then forgotten. */
const char *screen_text(struct screening *s);
#define check_screen(s, expected) assert_string_equal(screen_text(s), expected)

#endif
