/* The table itself: its order, its documentation, and that every rule has cases. The cases stand beside it. */
#include "detect/detect.h"

#include <stdio.h>
#include <stdlib.h>

#include "derive/scenario.h"
#include "detect/cases.h"

/* Beside severity, rule and number, in 80 columns. */
#define TITLE_BYTES_MAX 42

static bool line_is(const char *text, const char *line)
{
	size_t length = strlen(line);
	for (const char *at = strstr(text, line); at; at = strstr(at + 1, line)) {
		if ((at == text || at[-1] == '\n') && at[length] == '\n')
			return true;
	}
	return false;
}

/* Each rule has its section with all four parts, its line in the table, and there is no section without a rule. */
static void every_rule_has_its_section(void **state)
{
	(void)state;
	char *text = calloc(1, 65536);
	FILE *file = fopen(RULES_FILE, "r");
	assert_non_null(file);
	assert_true(fread(text, 1, 65535, file) > 0);
	fclose(file);
	size_t sections = 0;
	for (const char *at = strstr(text, "\n## "); at; at = strstr(at + 1, "\n## "))
		sections++;
	assert_int_equal(sections, detect_rule_count);
	for (size_t i = 0; i < detect_rule_count; i++) {
		char heading[128], row[256];
		snprintf(heading, sizeof heading, "## %s", detect_rules[i].id);
		snprintf(row, sizeof row, "\n| [%s](#%s) | %s |", detect_rules[i].id, detect_rules[i].id,
			 detect_rules[i].severity);
		if (!line_is(text, heading) || !strstr(text, row))
			fail_msg("%s is not in docs/rules.md, or with another severity", detect_rules[i].id);
		const char *section = strstr(text, heading), *next = strstr(section + 1, "\n## ");
		static const char *const parts[] = { "*Why it matters.*", "*How it is decided.*", "*What to do.*" };
		for (size_t j = 0; j < 3; j++) {
			const char *part = strstr(section, parts[j]);
			if (!part || (next && part > next))
				fail_msg("%s: no %s", detect_rules[i].id, parts[j]);
		}
	}
	free(text);
}

static void every_rule_has_a_case_and_a_near_miss(void **state)
{
	(void)state;
	for (size_t i = 0; i < detect_rule_count; i++) {
		size_t found = 0, near = 0;
		for (size_t j = 0; j < rule_case_count; j++) {
			if (strcmp(rule_cases[j].rule, detect_rules[i].id) == 0)
				++*(rule_cases[j].found ? &found : &near);
		}
		if (!found || !near)
			fail_msg("%s: %zu cases, %zu near misses", detect_rules[i].id, found, near);
	}
}

static void every_rule_says_all_that_it_must(void **state)
{
	(void)state;
	for (size_t i = 0; i < detect_rule_count; i++) {
		const struct detect_rule *rule = &detect_rules[i];
		assert_true(strlen(rule->title) > 0 && strlen(rule->title) <= TITLE_BYTES_MAX);
		assert_true(strlen(rule->fix) > 0);
		for (size_t j = 0; j < i; j++)
			assert_string_not_equal(rule->id, detect_rules[j].id);
	}
}

static void findings_come_by_severity_then_place(void **state)
{
	(void)state;
	struct scenario s;
	struct error *err = NULL;
	struct record_list list = { 0 };
	scenario_init(&s);
	add_entry(&s, add_secret(&s, "b", "two"), "quay.io", "u", "f1");
	add_entry(&s, add_secret(&s, "b", "one"), "hub.docker.com", "u", "f2");
	add_entry(&s, add_secret(&s, "a", "three"), "quay.io", "u", "f3");
	add_pod(&s, "z", "web", NULL, NULL)->pull_secrets = texts(&s, "absent", NULL);
	check_ok(detect_run(scenario_world(&s), &list, &err), &err);
	const struct finding *findings = list.items;
	static const char *const expected[][2] = {
		{ "pull-missing", "web" }, { "pull-key-dead", "one" }, { "pull-unused", "three" },
		{ "pull-unused", "one" },  { "pull-unused", "two" },
	};
	assert_int_equal(list.len, 5);
	for (size_t i = 0; i < 5; i++) {
		check_slice(findings[i].rule, expected[i][0]);
		check_slice(findings[i].subject, expected[i][1]);
		check_slice(findings[i].state, "open");
		check_slice(findings[i].cluster, "11111111-aaaa");
		assert_true(findings[i].evidence.len > 0 && findings[i].fix.len > 0 && findings[i].title.len > 0);
	}
	scenario_release(&s);
}

static void sound_cluster_has_no_findings(void **state)
{
	(void)state;
	struct scenario s;
	struct error *err = NULL;
	struct record_list list = { 0 };
	scenario_init(&s);
	add_entry(&s, add_secret(&s, "shop", "hub"), "https://index.docker.io/v1/", "acme", "f1");
	struct pod *web = add_pod(&s, "shop", "web", NULL, NULL);
	web->pull_secrets = texts(&s, "hub", NULL);
	add_container(&s, web, "acme/web:1", NULL);
	check_ok(detect_run(scenario_world(&s), &list, &err), &err);
	assert_int_equal(list.len, 0);
	scenario_release(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_rule_has_its_section),
		cmocka_unit_test(every_rule_has_a_case_and_a_near_miss),
		cmocka_unit_test(every_rule_says_all_that_it_must),
		cmocka_unit_test(findings_come_by_severity_then_place),
		cmocka_unit_test(sound_cluster_has_no_findings),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
