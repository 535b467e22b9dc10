#include "net/address.h"

#include "support/check.h"
#include "support/mangle.h"

static void check_all(const char *const *hosts, enum address_kind kind)
{
	for (; *hosts; hosts++)
		if (address_kind_of_host(slice_of(*hosts)) != kind)
			fail_msg("%s is %d, not %d", *hosts, address_kind_of_host(slice_of(*hosts)), kind);
}

static void names_are_seen_when_they_are_resolved(void **state)
{
	static const char *const hosts[] = { "registry.example",
					     "a",
					     "10.example",
					     "0x7f.example",
					     "x.10.y",
					     "localhost.example",
					     "1.2.3.4.example",
					     "registry.example.",
					     NULL };
	check_all(hosts, ADDRESS_NAME);
}

static void addresses_for_everybody(void **state)
{
	static const char *const hosts[] = {
		"1.1.1.1",     "8.8.8.8",    "172.15.0.1",      "172.32.0.1",      "100.63.0.1",
		"100.128.0.1", "11.0.0.1",   "192.167.255.255", "223.255.255.255", "9.255.255.255",
		"134744072",   "0x08.8.8.8", "2606:4700::1111", "[2a00:1450::1]",  "[64:ff9b::8.8.8.8]",
		"2003::1",     NULL
	};
	check_all(hosts, ADDRESS_PUBLIC);
}

static void addresses_that_lead_inside(void **state)
{
	static const char *const hosts[] = {
		"127.0.0.1",       "127.255.255.255", "0.0.0.0",         "10.0.0.1",   "10.255.255.255",  "172.16.0.1",
		"172.31.255.255",  "192.168.0.1",     "169.254.169.254", "100.64.0.1", "100.127.255.255", "224.0.0.1",
		"255.255.255.255", "240.0.0.1",       "192.0.2.1",       "198.18.0.1", "198.19.255.255",  NULL
	};
	check_all(hosts, ADDRESS_INNER);
}

static void other_ways_to_write_them(void **state)
{
	static const char *const hosts[] = { "127.1",
					     "127.0.1",
					     "2130706433",
					     "0x7f000001",
					     "0x7F.1",
					     "017700000001",
					     "0177.0.0.1",
					     "0",
					     "0xa.1",
					     "10.1",
					     "127.0.0.1.",
					     "0x0",
					     "169.254.43518",
					     "012.0.0.1",
					     "0xA9FEA9FE",
					     "2852039166",
					     "0x7f.0x0.0x0.0x1",
					     "0x",
					     NULL };
	check_all(hosts, ADDRESS_INNER);
}

static void what_only_looks_like_an_address_is_none_for_everybody(void **state)
{
	static const char *const hosts[] = { "",          "256.1.1.1", "1.2.3.4.5",   "4294967296",
					     "1.2.3.256", "1.1.65536", "08.8.8.8",    "99999999999999999999",
					     "8.8.8.8.8", "[]",        "[1.1.1.1]x:", "a.0x1z.1",
					     ".",         "x.256",     NULL };
	check_all(hosts, ADDRESS_INNER);
}

static void localhost_by_name(void **state)
{
	static const char *const hosts[] = { "localhost",  "LOCALHOST",     "x.localhost",
					     "localhost.", "a.b.LocalHost", NULL };
	check_all(hosts, ADDRESS_INNER);
}

static void ipv6_that_leads_inside(void **state)
{
	static const char *const hosts[] = { "::1",
					     "[::1]",
					     "::",
					     "fe80::1",
					     "fe80::1%eth0",
					     "fc00::1",
					     "fdff::1",
					     "ff02::1",
					     "::ffff:10.0.0.1",
					     "::ffff:8.8.8.8",
					     "::127.0.0.1",
					     "64:ff9b::10.0.0.1",
					     "64:ff9b::a00:1",
					     "2001:db8::1",
					     "2001::1",
					     "2002:a00:1::",
					     "100::1",
					     "3fff::1",
					     "fec0::1",
					     "[0:0:0:0:0:0:0:1]",
					     "[::ffff:7f00:1]",
					     NULL };
	check_all(hosts, ADDRESS_INNER);
}

static void ipv6_that_is_none(void **state)
{
	static const char *const hosts[] = { "2606:4700",
					     "2606:4700::1::1",
					     ":::",
					     "2606:4700:1:2:3:4:5:6:7",
					     "2606::47000",
					     "2606:",
					     ":2606::",
					     "2606:4700:1:2:3:4:5:",
					     "2606::8.8.8",
					     "2606::8.8.8.256",
					     "2606::g",
					     "1:2:3:4:5:6:7:8.8.8.8",
					     "2606:4700:1:2:3:4:5::6:7",
					     NULL };
	check_all(hosts, ADDRESS_INNER);
}

static void a_gap_stands_for_at_least_one_group(void **state)
{
	assert_int_equal(address_kind_of_host(SLICE("2606:4700:1:2:3:4:5::")), ADDRESS_PUBLIC);
	assert_int_equal(address_kind_of_host(SLICE("2606:4700:1:2:3:4:5:6")), ADDRESS_PUBLIC);
	assert_int_equal(address_kind_of_host(SLICE("2606:4700:1:2:3:4:8.8.8.8")), ADDRESS_PUBLIC);
}

static void bytes_of_other_lengths_are_not_public(void **state)
{
	static const unsigned char bytes[17] = { 8, 8, 8, 8 };
	assert_true(address_is_public(bytes, 4));
	assert_false(address_is_public(bytes, 0));
	assert_false(address_is_public(bytes, 5));
	assert_false(address_is_public(bytes, 17));
}

static void read_mangled(struct slice variant, size_t at, void *data)
{
	enum address_kind kind = address_kind_of_host(variant);
	assert_true(kind == ADDRESS_NAME || kind == ADDRESS_PUBLIC || kind == ADDRESS_INNER);
}

static void cut_and_flipped_hosts(void **state)
{
	const char *hosts[] = { "[2606:4700:1:2:3:4:8.8.8.8]", "0x7f.0.0.1", "::ffff:10.0.0.1", "[fe80::1%25eth0]" };
	for (size_t i = 0; i < sizeof hosts / sizeof *hosts; i++) {
		mangle_truncate(slice_of(hosts[i]), read_mangled, NULL);
		mangle_flip(slice_of(hosts[i]), read_mangled, NULL);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_are_seen_when_they_are_resolved),
		cmocka_unit_test(addresses_for_everybody),
		cmocka_unit_test(addresses_that_lead_inside),
		cmocka_unit_test(other_ways_to_write_them),
		cmocka_unit_test(what_only_looks_like_an_address_is_none_for_everybody),
		cmocka_unit_test(localhost_by_name),
		cmocka_unit_test(ipv6_that_leads_inside),
		cmocka_unit_test(ipv6_that_is_none),
		cmocka_unit_test(a_gap_stands_for_at_least_one_group),
		cmocka_unit_test(bytes_of_other_lengths_are_not_public),
		cmocka_unit_test(cut_and_flipped_hosts),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
