#include "cli/triage_rows.h"

#include "screen.h"

/* One record in each section. */
static void add_all(struct screening *s)
{
	struct action *action = add_row(s, &s->triage.actions, &action_type);
	action->rank = 1;
	action->action = SLICE("contain");
	action->subject = SLICE("prod/shop Deployment/web");
	action->why = SLICE("runs a bad image");
	struct sighting *seen = add_sighting(s, "runs", "web", DIGEST_A);
	seen->rank = 1;
	seen->why = SLICE("executes now");
	struct image *image = add_row(s, &s->triage.images, &image_type);
	image->rank = 1;
	image->registry = SLICE("docker.io");
	image->repository = SLICE("acme/web");
	image->digest = SLICE(DIGEST_A);
	image->why = SLICE("an indicator names it");
	struct tag_row *tag = add_row(s, &s->triage.tags, &tag_row_type);
	tag->rank = 1;
	tag->registry = SLICE("docker.io");
	tag->repository = SLICE("acme/web");
	tag->tag = SLICE("1.4");
	tag->state = SLICE("moved");
	tag->digest = SLICE(DIGEST_B);
	tag->why = SLICE("points to a bad image");
	struct credential *login = add_row(s, &s->triage.credentials, &credential_type);
	login->rank = 1;
	login->action = SLICE("rotate");
	login->registry = SLICE("docker.io");
	login->cred_kind = SLICE("pat");
	login->username = SLICE("acme");
	login->fingerprint = SLICE("f1");
	login->why = SLICE("in use");
	struct secret_row *blocked = add_row(s, &s->triage.blocked, &secret_row_type);
	blocked->cluster = SLICE("prod");
	blocked->namespace = SLICE("shop");
	blocked->name = SLICE("broken");
	blocked->secret_type = SLICE("kubernetes.io/dockercfg");
	blocked->uid = SLICE("u1");
	struct finding *finding = add_row(s, &s->world.findings, &finding_type);
	finding->severity = SLICE("high");
	finding->cluster = SLICE("prod");
	finding->namespace = SLICE("shop");
	finding->subject_kind = SLICE("Secret");
	finding->subject = SLICE("hub");
	finding->place = SLICE("docker.io");
	finding->title = SLICE("a title");
	struct unknown *unknown = add_row(s, &s->triage.unknown, &unknown_type);
	unknown->subject = SLICE("what executed");
	unknown->why = SLICE("no node sensor");
}

static void csv_is_one_shape_for_every_section(void **state)
{
	(void)state;
	struct screening s;
	screening_init(&s, "csv");
	add_all(&s);
	check_ok(triage_rows(&s.session, &s.output, &s.triage, &s.err), &s.err);
	check_screen(&s, "section,rank,what,cluster,namespace,kind,subject,registry,identity,why\r\n"
			 "do_now,1,contain,,,,\"prod/shop Deployment/web\",,,\"runs a bad image\"\r\n"
			 "bad_images,1,runs,prod,shop,Deployment,web,," DIGEST_A ",\"executes now\"\r\n"
			 "images,1,,,,,acme/web,docker.io," DIGEST_A ",\"an indicator names it\"\r\n"
			 "tags,1,moved,,,,acme/web:1.4,docker.io," DIGEST_B ",\"points to a bad image\"\r\n"
			 "credentials,1,rotate,,,pat,acme,docker.io,f1,\"in use\"\r\n"
			 "blocked,,,prod,shop,kubernetes.io/dockercfg,broken,,u1,\r\n"
			 "findings,,high,prod,shop,Secret,hub,,docker.io,\"a title\"\r\n"
			 "not_known,,,,,,\"what executed\",,,\"no node sensor\"\r\n");
	screening_release(&s);
}

/* A sighting of a node has no workload: the node is the subject. */
static void csv_takes_the_first_that_is_known(void **state)
{
	(void)state;
	struct screening s;
	screening_init(&s, "csv");
	add_sighting(&s, "cached", NULL, DIGEST_A);
	check_ok(triage_rows(&s.session, &s.output, &s.triage, &s.err), &s.err);
	assert_non_null(strstr(screen_text(&s), "\nbad_images,,cached,prod,,,n1,," DIGEST_A ",\r\n"));
	screening_release(&s);
}

static void ndjson_has_every_record_in_the_order_of_the_screen(void **state)
{
	(void)state;
	static const char *const order[] = { "action",     "sighting",   "image",   "tag_row",
					     "credential", "secret_row", "finding", "unknown" };
	struct screening s;
	screening_init(&s, "ndjson");
	add_all(&s);
	check_ok(triage_rows(&s.session, &s.output, &s.triage, &s.err), &s.err);
	struct slice rest = slice_of(screen_text(&s)), line;
	for (size_t i = 0; i < sizeof order / sizeof *order; i++) {
		char start[64];
		snprintf(start, sizeof start, "{\"record\":\"%s\",", order[i]);
		assert_true(slice_cut(rest, '\n', &line, &rest));
		assert_true(slice_starts_with(line, start));
	}
	assert_int_equal(rest.len, 0);
	screening_release(&s);
}

static void quiet_has_each_bad_digest_once_and_then_the_logins(void **state)
{
	(void)state;
	struct screening s;
	screening_init(&s, "json");
	add_all(&s);
	add_sighting(&s, "waits", "next", NULL);
	add_sighting(&s, "cached", NULL, DIGEST_B);
	add_sighting(&s, "ran", "old", DIGEST_A);
	s.output.quiet = true;
	check_ok(triage_rows(&s.session, &s.output, &s.triage, &s.err), &s.err);
	check_screen(&s, DIGEST_A "\n" DIGEST_B "\nf1\n");
	screening_release(&s);
}

static void nothing_found_is_no_row(void **state)
{
	(void)state;
	struct screening s;
	screening_init(&s, "ndjson");
	check_ok(triage_rows(&s.session, &s.output, &s.triage, &s.err), &s.err);
	check_screen(&s, "");
	s.output.quiet = true;
	check_ok(triage_rows(&s.session, &s.output, &s.triage, &s.err), &s.err);
	check_screen(&s, "");
	screening_release(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(csv_is_one_shape_for_every_section),
		cmocka_unit_test(csv_takes_the_first_that_is_known),
		cmocka_unit_test(ndjson_has_every_record_in_the_order_of_the_screen),
		cmocka_unit_test(quiet_has_each_bad_digest_once_and_then_the_logins),
		cmocka_unit_test(nothing_found_is_no_row),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
