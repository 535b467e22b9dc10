#include <stdio.h>
#include <string.h>

#include "net/proxy_env.h"
#include "support/check.h"

static void check_address(const char *text, const char *expected)
{
	struct ip_address address;
	char hex[33];
	if (!ip_address_parse(slice_of(text), &address))
		fail_msg("%s was refused", text);
	for (size_t i = 0; i < 16; i++)
		snprintf(hex + 2 * i, 3, "%02x", address.bytes[i]);
	assert_string_equal(hex, expected);
}

static void addresses(void **state)
{
	check_address("10.0.255.1", "00000000000000000000ffff0a00ff01");
	check_address("0.0.0.0", "00000000000000000000ffff00000000");
	check_address("::", "00000000000000000000000000000000");
	check_address("::1", "00000000000000000000000000000001");
	check_address("1::", "00010000000000000000000000000000");
	check_address("1:2:3:4:5:6:7:8", "00010002000300040005000600070008");
	check_address("1::3:4:5:6:7:8", "00010000000300040005000600070008");
	check_address("1:2:3:4:5:6:7::", "00010002000300040005000600070000");
	check_address("::2:3:4:5:6:7:8", "00000002000300040005000600070008");
	check_address("fE80::aBcD:0", "fe8000000000000000000000abcd0000");
	check_address("::ffff:1.2.3.4", "00000000000000000000ffff01020304");
	check_address("64:ff9b::1.2.3.4", "0064ff9b000000000000000001020304");
	check_address("1:2:3:4:5:6:1.2.3.4", "00010002000300040005000601020304");
}

static void what_is_none(void **state)
{
	static const char *const none[] = {
		"",
		"1",
		"1.2.3",
		"1.2.3.4.5",
		"1.2.3.256",
		"1.2.3.04",
		"1.2.3.",
		".1.2.3",
		"1..2.3",
		"a.b.c.d",
		"1.2.3.4 ",
		" 1.2.3.4",
		"1.2.3.+4",
		":",
		":::",
		"1:::2",
		"1::2::3",
		"1:2:3:4:5:6:7",
		"1:2:3:4:5:6:7:8:9",
		"1:2:3:4:5:6:7:8::",
		"::1:2:3:4:5:6:7:8",
		"1:",
		":1",
		"::1:",
		"12345::",
		"g::",
		"::1%eth0",
		"[::1]",
		"1.2.3.4::",
		"::1.2.3",
		"1:2:3:4:5:6:7:1.2.3.4",
		"::1.2.3.4:5",
		"1:2:3:4:5:6:7:8.9.10.11",
		"0x1.2.3.4",
		"::01.2.3.4",
	};
	struct ip_address address;
	for (size_t i = 0; i < sizeof none / sizeof *none; i++)
		if (ip_address_parse(slice_of(none[i]), &address))
			fail_msg("%s was accepted", none[i]);
}

static bool contains(const char *network_text, const char *address_text)
{
	struct ip_network network;
	struct ip_address address;
	if (!ip_network_parse(slice_of(network_text), &network) || !ip_address_parse(slice_of(address_text), &address))
		fail_msg("%s or %s was refused", network_text, address_text);
	return ip_network_contains(&network, &address);
}

static void networks(void **state)
{
	assert_true(contains("10.1.2.3/8", "10.9.9.9"));
	assert_false(contains("10.0.0.0/9", "10.128.0.0"));
	assert_true(contains("10.0.0.0/9", "10.127.255.255"));
	assert_true(contains("1.2.3.4/32", "1.2.3.4"));
	assert_false(contains("1.2.3.4/32", "1.2.3.5"));
	assert_true(contains("0.0.0.0/0", "255.0.0.1"));
	assert_false(contains("0.0.0.0/0", "::1"));
	assert_true(contains("::/0", "fd00::1"));
	assert_false(contains("::/0", "10.0.0.1"));
	assert_true(contains("::ffff:10.0.0.0/104", "10.1.1.1"));
	assert_true(contains("fd00::/007", "fc00::1"));
	assert_false(contains("fd00::/8", "fc00::1"));
}

static void what_is_no_network(void **state)
{
	static const char *const none[] = { "",
					    "10.0.0.0",
					    "10.0.0.0/",
					    "10.0.0.0/33",
					    "10.0.0.0/-1",
					    "10.0/8",
					    "::/129",
					    "::/99999999999999999999",
					    "/8",
					    "x/8",
					    "10.0.0.0/8/8",
					    "10.0.0.0/ 8" };
	struct ip_network network;
	for (size_t i = 0; i < sizeof none / sizeof *none; i++)
		if (ip_network_parse(slice_of(none[i]), &network))
			fail_msg("%s was accepted", none[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(addresses),
		cmocka_unit_test(what_is_none),
		cmocka_unit_test(networks),
		cmocka_unit_test(what_is_no_network),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
