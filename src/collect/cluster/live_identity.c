/* Which cluster it is, and what it serves: three small documents before the lists. */
#include "base/json_reader.h"
#include "collect/cluster/live_internal.h"
#include "collect/cluster/live_json.h"

enum { VERSION, GROUPS, KUBE_SYSTEM, DOCUMENTS };

/* {"kind": "APIGroupList", "groups": [{"name": "apps", ...}]}. 0: to its end; -1 with *broken, where it breaks off, or
 * *err. */
static int read_groups(struct live_cluster *cluster, struct reader *reader, struct error **broken, struct error **err)
{
	struct token token;
	if (reader_next(reader, &token, broken) <= 0 || token.type != TOKEN_OBJECT_BEGIN ||
	    live_json_member(reader, "groups", &token, broken) <= 0 || token.type != TOKEN_ARRAY_BEGIN)
		return -1;
	while (reader_next(reader, &token, broken) > 0 && token.type == TOKEN_OBJECT_BEGIN) {
		struct slice name = SLICE_NONE;
		int got = live_json_member(reader, "name", &token, broken);
		if (got > 0 && token.type == TOKEN_STRING && token_copy(&token, &cluster->arena, &name, err) < 0)
			return -1;
		if (name.len && live_cluster_add_name(cluster, &cluster->groups, name, err) < 0)
			return -1;
		if (got < 0 || reader_leave(reader, 2, broken) < 0)
			return -1;
	}
	return *broken ? -1 : 0;
}

/* Where they cannot be read, every group is asked for. */
static int learn_groups(struct live_cluster *cluster, struct slice body, struct error **err)
{
	CLEANUP(error_freep) struct error *broken = NULL;
	CLEANUP(json_reader_release) struct json_reader json;
	json_reader_init(&json, body, 0);
	cluster->groups_known = read_groups(cluster, &json.reader, &broken, err) == 0;
	return *err ? -1 : 0;
}

/* Nothing answers, or nobody knows us: no list would fare better. */
static void judge(struct live_cluster *cluster, const struct live_document *documents)
{
	size_t unanswered = 0, rejected = 0;
	for (size_t i = 0; i < DOCUMENTS; i++) {
		unanswered += documents[i].status == 0;
		rejected += documents[i].status == 401;
	}
	if (unanswered == DOCUMENTS)
		live_cluster_break(cluster, strbuf_slice(&documents[KUBE_SYSTEM].why));
	else if (unanswered + rejected == DOCUMENTS)
		live_cluster_break(cluster, SLICE("HTTP 401: the server does not accept this login"));
}

static int learn(struct live_cluster *cluster, const struct live_document *documents, struct error **err)
{
	static const char *const version[] = { "gitVersion", NULL }, *const uid[] = { "metadata", "uid", NULL };
	const struct {
		int document;
		const char *const *names;
		struct slice *into;
	} texts[] = { { VERSION, version, &cluster->server_version }, { KUBE_SYSTEM, uid, &cluster->uid } };
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		const struct live_document *document = &documents[texts[i].document];
		if (document->status == 200 && live_json_text(strbuf_slice(&document->body), texts[i].names,
							      &cluster->arena, texts[i].into, err) < 0)
			return -1;
	}
	if (documents[GROUPS].status != 200)
		return 0;
	return learn_groups(cluster, strbuf_slice(&documents[GROUPS].body), err);
}

static int ask(struct live_cluster *cluster, struct live_document *documents, struct error **err)
{
	for (size_t i = 0; i < DOCUMENTS; i++)
		if (live_document_ask(&documents[i], err) < 0)
			return -1;
	while (cluster->under_way)
		if (live_cluster_take_event(cluster, err) < 0)
			return -1;
	judge(cluster, documents);
	return learn(cluster, documents, err);
}

int live_cluster_identify(struct live_cluster *cluster, struct error **err)
{
	static const char *const paths[DOCUMENTS] = { "/version", "/apis", "/api/v1/namespaces/kube-system" };
	struct live_document documents[DOCUMENTS];
	for (size_t i = 0; i < DOCUMENTS; i++)
		live_document_init(&documents[i], cluster, paths[i]);
	int result = ask(cluster, documents, err);
	if (result < 0 && cluster->queue) /* its transfers point to the documents */
		cluster->queue = http_queue_free(cluster->queue);
	for (size_t i = 0; i < DOCUMENTS; i++)
		live_document_release(&documents[i]);
	return result;
}
