#include "collect/cluster/live_internal.h"

#include "base/limits.h"

static int fail(struct live_document *document, struct slice why)
{
	strbuf_clear(&document->why);
	strbuf_add_slice(&document->why, why);
	document->done = true;
	document->cluster->under_way--;
	return 0;
}

/* The server did not accept the login: once more with a newer one, where there is one. */
static int on_rejection(struct live_document *document, struct error **err)
{
	CLEANUP(error_freep) struct error *why = NULL;
	document->rejections++;
	int again = kube_server_rejected(document->cluster->server, document->login, &why);
	if (again < 0) {
		live_cluster_break(document->cluster, slice_of(why->message));
		return fail(document, slice_of(why->message));
	}
	document->cluster->under_way--;
	if (again)
		return live_document_ask(document, err);
	document->done = true;
	return 0;
}

static int on_end(struct live_document *document, const struct http_event *event, struct error **err)
{
	document->failure = event->failure;
	document->cluster->result->wire_bytes += event->wire_bytes;
	if (event->failure != HTTP_OK) {
		document->status = 0;
		return fail(document, event->message);
	}
	if (document->status == 401 && document->rejections == 0)
		return on_rejection(document, err);
	document->done = true;
	document->cluster->under_way--;
	return 0;
}

static int on_event(struct live_owner *owner, const struct http_event *event, struct error **err)
{
	struct live_document *document = (struct live_document *)(void *)owner;
	switch (event->type) {
	case HTTP_WAIT:
		live_cluster_show_waiting(document->cluster, event);
		return 0;
	case HTTP_HEAD:
		document->status = event->status;
		strbuf_clear(&document->body);
		return 0;
	case HTTP_DATA:
		if (document->body.len + event->bytes.len <= LIMIT_REFUSAL_BYTES)
			strbuf_add_slice(&document->body, event->bytes);
		return 0;
	case HTTP_END:
		return on_end(document, event, err);
	}
	return 0;
}

void live_document_init(struct live_document *document, struct live_cluster *cluster, const char *path)
{
	*document = (struct live_document){
		.owner = { on_event },
		.cluster = cluster,
		.path = path,
		.body = STRBUF_INIT(LIMIT_REFUSAL_BYTES),
		.why = STRBUF_INIT(LIMIT_MESSAGE_BYTES),
	};
}

int live_document_ask(struct live_document *document, struct error **err)
{
	CLEANUP(error_freep) struct error *why = NULL;
	struct kube_request request = {
		.path = slice_of(document->path),
		.accept = SLICE("application/json"),
		.whole_ms = LIVE_DOCUMENT_MS,
	};
	struct live_cluster *cluster = document->cluster;
	document->status = 0;
	cluster->under_way++;
	int sent = cluster->broken.len ? error_set(&why, ERROR_SYSTEM, "%s", strbuf_text(&cluster->broken))
				       : kube_server_send(cluster->server, cluster->queue, &request, document, &why);
	document->login = kube_server_login_number(cluster->server);
	if (sent == 0)
		return 0;
	if (why->code == ERROR_NO_MEMORY)
		return error_move(err, &why);
	live_cluster_break(cluster, slice_of(why->message));
	return fail(document, slice_of(why->message));
}

void live_document_release(struct live_document *document)
{
	strbuf_release(&document->body);
	strbuf_release(&document->why);
}
