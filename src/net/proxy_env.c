#include "net/proxy_env.h"

#include <stdlib.h>
#include <string.h>

#include "base/ascii.h"

/* --- the server --- */

struct target {
	bool secure;
	struct slice host, port; /* no brackets around the host */
	bool is_address;
	struct ip_address address;
};

/* As Go's net.SplitHostPort; false where there is no port, or it is not clear. */
static bool split_host_port(struct slice text, struct slice *ret_host, struct slice *ret_port)
{
	struct slice host, port;
	if (!slice_cut_last(text, ':', &host, &port))
		return false;
	if (host.len > 1 && host.data[0] == '[' && host.data[host.len - 1] == ']')
		host = slice_part(host, 1, host.len - 2);
	else if (host.len && memchr(host.data, ':', host.len))
		return false;
	if (slice_contains(host, "[") || slice_contains(host, "]") || slice_contains(port, "]"))
		return false;
	*ret_host = host;
	*ret_port = port;
	return true;
}

static struct slice without_brackets(struct slice host)
{
	if (host.len > 1 && host.data[0] == '[' && host.data[host.len - 1] == ']')
		return slice_part(host, 1, host.len - 2);
	return host;
}

static struct target target_of(struct slice server)
{
	struct slice scheme, rest, authority, path;
	struct target target = { 0 };
	slice_cut(server, ':', &scheme, &rest);
	target.secure = slice_equal_nocase(scheme, SLICE("https"));
	rest = slice_part(rest, strlen("//"), rest.len);
	slice_cut(rest, '/', &authority, &path);
	if (!split_host_port(authority, &target.host, &target.port))
		target.host = without_brackets(authority);
	if (!target.port.len)
		target.port = target.secure ? SLICE("443") : SLICE("80");
	target.is_address = ip_address_parse(target.host, &target.address);
	return target;
}

static bool is_this_machine(const struct target *target)
{
	return slice_equal_nocase(target->host, SLICE("localhost")) ||
	       (target->is_address && ip_address_is_loopback(&target->address));
}

/* --- NO_PROXY --- */

static bool ends_with_nocase(struct slice text, struct slice end)
{
	return text.len >= end.len && slice_equal_nocase(slice_part(text, text.len - end.len, end.len), end);
}

/* example.com stands for itself and what is below it, .example.com and *.example.com only for the latter. */
static bool name_matches(struct slice name, struct slice host)
{
	if (slice_starts_with(name, "*."))
		name = slice_part(name, 1, name.len);
	if (slice_starts_with(name, "."))
		return ends_with_nocase(host, name);
	if (!ends_with_nocase(host, name))
		return false;
	return host.len == name.len || host.data[host.len - name.len - 1] == '.';
}

static bool item_matches(struct slice item, const struct target *target)
{
	struct ip_network network;
	struct ip_address address;
	struct slice host = item, port = SLICE_NONE;
	if (!item.len)
		return false;
	if (ip_network_parse(item, &network))
		return target->is_address && ip_network_contains(&network, &target->address);
	split_host_port(item, &host, &port);
	if (!host.len || (port.len && !slice_equal(port, target->port)))
		return false;
	if (ip_address_parse(host, &address))
		return target->is_address && ip_address_equal(&address, &target->address);
	return name_matches(host, target->host);
}

static bool is_excepted(const char *no_proxy, const struct target *target)
{
	struct slice item, rest = slice_of(no_proxy);
	while (rest.data) {
		slice_cut(rest, ',', &item, &rest);
		item = slice_trim(item);
		if (slice_equal_text(item, "*") || item_matches(item, target))
			return true;
	}
	return false;
}

/* --- the environment --- */

static const char *first_set(const char *upper, const char *lower)
{
	const char *value = getenv(upper);
	return value && *value ? value : getenv(lower);
}

struct proxy_environment proxy_environment_of_process(void)
{
	const char *method = getenv("REQUEST_METHOD");
	return (struct proxy_environment){
		.http_proxy = first_set("HTTP_PROXY", "http_proxy"),
		.https_proxy = first_set("HTTPS_PROXY", "https_proxy"),
		.no_proxy = first_set("NO_PROXY", "no_proxy"),
		.cgi = method && *method,
	};
}

struct slice proxy_environment_find(const struct proxy_environment *environment, struct slice server,
				    const char **ret_variable)
{
	struct target target = target_of(server);
	const char *value = target.secure ? environment->https_proxy : environment->http_proxy;
	if (!value || !*value || (!target.secure && environment->cgi))
		return SLICE_NONE;
	if (is_this_machine(&target) || is_excepted(environment->no_proxy, &target))
		return SLICE_NONE;
	*ret_variable = target.secure ? "HTTPS_PROXY" : "HTTP_PROXY";
	return slice_of(value);
}
