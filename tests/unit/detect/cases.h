/* One world for each case: what a rule must find in it, or must not. */
#ifndef FOTHER_TESTS_UNIT_DETECT_CASES_H
#define FOTHER_TESTS_UNIT_DETECT_CASES_H

#include "derive/scenario.h"

struct rule_case {
	const char *rule;
	const char *name;
	void (*build)(struct scenario *s);
	size_t found;        /* findings of the rule; 0: a near miss */
	const char *subject; /* of the first */
	const char *place;
	const char *evidence; /* a part of it */
};

extern const struct rule_case rule_cases[];
extern const size_t rule_case_count;

/* Runs every case of the rule; fails the test when there is none. */
void run_rule_cases(const char *rule);

#endif
