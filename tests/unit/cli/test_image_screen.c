#include "cli/image_screen.h"

#include "base/limits.h"
#include "cli/image_lines.h"
#include "support/check.h"

static struct arena arena = ARENA_INIT(LIMIT_IMAGE_BYTES);
static struct strbuf out = STRBUF_INIT(LIMIT_ROW_BYTES);
static const struct image_screen screen = { &out, &arena, 80 };
#define DIGEST "sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
/* 2026-11-20T00:00:00Z */
#define DAY (INT64_C(1795132800) * USEC_PER_SECOND)

static void make(struct image_facts *facts, struct image_screen_facts *more)
{
	record_init(&image_facts_type, facts);
	facts->reference = SLICE("docker.io/acme/web:1");
	facts->digest = SLICE(DIGEST);
	facts->kind = SLICE("image");
	facts->config_read = BOOL_TRUE;
	*more = (struct image_screen_facts){ .built = TIME_UNSET, .pushed = TIME_UNSET };
}

static const char *shown(const struct image_facts *facts, const struct image_screen_facts *more)
{
	struct error *err = NULL;
	strbuf_clear(&out);
	check_ok(image_screen_facts(&screen, facts, more, &err), &err);
	return strbuf_text(&out);
}

static void check_shows(const struct image_facts *facts, const struct image_screen_facts *more, const char *line)
{
	const char *text = shown(facts, more);
	if (!strstr(text, line))
		fail_msg("no \"%s\" in:\n%s", line, text);
}

static void an_image_of_which_little_is_known(void **state)
{
	struct image_facts facts;
	struct image_screen_facts more;
	make(&facts, &more);
	facts.config_read = BOOL_FALSE;
	assert_string_equal(shown(&facts, &more),
			    "docker.io/acme/web:1\n"
			    "  " DIGEST "\n"
			    "kind          image\n"
			    "base          not known\n"
			    "runs          not known: no cluster was read\n"
			    "tags now      not known: no registry was read\n"
			    "config        not read: date, history, user, command are not known\n");
}

static void a_date_is_a_claim(void **state)
{
	struct image_facts facts;
	struct image_screen_facts more;
	make(&facts, &more);
	facts.created = DAY;
	facts.dating = SLICE("dated");
	check_shows(&facts, &more, "\nbuilt         claims 2026-11-20 00:00Z\n");
	facts.dating = SLICE("future");
	check_shows(&facts, &more, "\nbuilt         claims 2026-11-20 00:00Z, which is in the future: the clock or");
	facts.created = TIME_UNSET;
	facts.created_text = SLICE("1970-01-01T00:00:00Z");
	facts.dating = SLICE("reproducible");
	check_shows(&facts, &more,
		    "\nbuilt         not known: 1970-01-01T00:00:00Z is what reproducible builds write\n");
	facts.created_text = SLICE("\x1b[2Jyesterday");
	facts.dating = SLICE("invalid");
	check_shows(&facts, &more, "\nbuilt         not known: \"\\u001b[2Jyesterday\" is no date\n");
	facts.dating = SLICE("undated");
	check_shows(&facts, &more, "\nbuilt         not known: it claims no date\n");
	more.pushed = DAY;
	more.pushed_by = SLICE("bob");
	check_shows(&facts, &more, "\npushed        2026-11-20 00:00Z by bob, says the registry\n");
}

static void a_base_comes_with_its_proof(void **state)
{
	static const char *const proofs[][2] = {
		{ "layers", "base          debian:12 (proven by its layers)\n" },
		{ "layers and annotation", "base          debian:12 (proven by its layers, and claimed)\n" },
		{ "annotation", "base          debian:12 (claimed by an annotation, not proven)\n" },
		{ "history", "base          debian:12 (its history begins alike: not proven)\n" },
		{ "disagree",
		  "base          debian:12 (by its layers; an annotation claims another)\n  claimed     alpine:3\n" },
	};
	struct image_facts facts;
	struct image_screen_facts more;
	make(&facts, &more);
	facts.base = SLICE("debian:12");
	facts.base_name = SLICE("alpine:3");
	for (size_t i = 0; i < sizeof proofs / sizeof proofs[0]; i++) {
		facts.base_proof = slice_of(proofs[i][0]);
		check_shows(&facts, &more, proofs[i][1]);
	}
	facts.base = facts.base_proof = SLICE_NONE; /* nobody looked for one */
	check_shows(&facts, &more, "base          alpine:3 (claimed by an annotation, not proven)\n");
	facts.base_name = SLICE_NONE;
	check_shows(&facts, &more, "base          not known\n");
}

static void none_runs_is_said_only_where_clusters_were_read(void **state)
{
	struct image_facts facts;
	struct image_screen_facts more;
	make(&facts, &more);
	facts.runs = 1;
	facts.ran = facts.cached = 0;
	check_shows(&facts, &more, "runs          not known: no cluster was read\n");
	more.clusters_read = more.registry_read = true;
	check_shows(&facts, &more, "runs          now in 1 workload, before in 0; cached on 0 nodes\n");
	check_shows(&facts, &more, "tags now      none that was read\n");
}

static void nobody_given_is_root(void **state)
{
	struct image_facts facts;
	struct image_screen_facts more;
	struct slice words[] = { SLICE("/bin/sh"), SLICE("-c"), SLICE("a b") };
	make(&facts, &more);
	check_shows(&facts, &more, "user          root (none is given)\n");
	facts.user = SLICE("web");
	facts.entrypoint = (struct slice_list){ words, 3 };
	check_shows(&facts, &more, "user          web\nentrypoint    /bin/sh -c \"a b\"\n");
}

static void what_is_wrong_comes_last(void **state)
{
	struct image_facts facts;
	struct image_screen_facts more;
	struct slice texts[] = { SLICE("bad_size: /layers/0") };
	make(&facts, &more);
	facts.defects = (struct slice_list){ texts, 1 };
	const char *text = shown(&facts, &more), *last = "WRONG WITH IT bad_size: /layers/0\n";
	assert_string_equal(text + strlen(text) - strlen(last), last);
}

static void an_index_shows_what_it_holds(void **state)
{
	struct image_facts facts;
	struct image_screen_facts more;
	struct index_member members[2];
	make(&facts, &more);
	for (size_t i = 0; i < 2; i++)
		record_init(&index_member_type, &members[i]);
	members[0].digest = members[1].digest = members[1].attests = SLICE(DIGEST);
	members[0].os = SLICE("linux");
	members[0].architecture = SLICE("arm");
	members[0].variant = SLICE("v7");
	facts.kind = SLICE("index");
	facts.dating = SLICE("dated");
	facts.members = (struct record_list){ members, 2 };
	more.built = DAY;
	assert_string_equal(shown(&facts, &more),
			    "docker.io/acme/web:1\n"
			    "  " DIGEST "\n"
			    "kind          index of 2\n"
			    "built         claims 2026-11-20 00:00Z, the newest of its images\n"
			    "runs          not known: no cluster was read\n"
			    "tags now      not known: no registry was read\n"
			    "holds         sha256:aaaaaaaaaaaa linux/arm/v7\n"
			    "              sha256:aaaaaaaaaaaa attestation of sha256:aaaaaaaaaaaa\n");
}

static void nothing_is_wider_than_the_terminal(void **state)
{
	struct image_facts facts;
	struct image_screen_facts more;
	struct slice names[40];
	make(&facts, &more);
	for (size_t i = 0; i < 40; i++)
		names[i] = SLICE("SOME_VARIABLE");
	facts.env_names = (struct slice_list){ names, 40 };
	struct slice rest = slice_of(shown(&facts, &more)), line;
	while (rest.data) {
		slice_cut(rest, '\n', &line, &rest);
		assert_true(line.len <= 80);
	}
}

static void check_size(int64_t bytes, const char *expected)
{
	char text[IMAGE_SIZE_TEXT_BYTES];
	assert_string_equal(image_size_format(bytes, text), expected);
}

static void sizes_for_people(void **state)
{
	check_size(INT_UNKNOWN, "-");
	check_size(-1, "-");
	check_size(0, "0 B");
	check_size(999, "999 B");
	check_size(1000, "1.0 kB");
	check_size(85349999, "85.3 MB");
	check_size(INT64_MAX, "9.2 EB");
}

static int release(void **state)
{
	strbuf_release(&out);
	arena_release(&arena);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_image_of_which_little_is_known),
		cmocka_unit_test(a_date_is_a_claim),
		cmocka_unit_test(a_base_comes_with_its_proof),
		cmocka_unit_test(none_runs_is_said_only_where_clusters_were_read),
		cmocka_unit_test(nobody_given_is_root),
		cmocka_unit_test(what_is_wrong_comes_last),
		cmocka_unit_test(an_index_shows_what_it_holds),
		cmocka_unit_test(nothing_is_wider_than_the_terminal),
		cmocka_unit_test(sizes_for_people),
	};
	return cmocka_run_group_tests(tests, NULL, release);
}
