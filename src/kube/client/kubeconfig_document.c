#include "base/alloc.h"
#include "base/json_reader.h"
#include "base/yaml_reader.h"
#include "kube/client/kubeconfig_internal.h"

/* What begins as JSON may be YAML all the same: {apiVersion: v1}. */
static bool is_json(struct json_reader *json, struct slice text)
{
	CLEANUP(error_freep) struct error *err = NULL;
	struct token token;
	json_reader_init(json, text, 0);
	bool valid = reader_skip(&json->reader, &err) == 0 && reader_next(&json->reader, &token, &err) == 0;
	json_reader_release(json);
	return valid;
}

static struct slice without_mark(struct slice text)
{
	return slice_starts_with(text, "\xef\xbb\xbf") ? slice_part(text, 3, text.len) : text;
}

int kubeconfig_document_open(struct kubeconfig_document *document, struct slice text, struct error **err)
{
	*document = (struct kubeconfig_document){ 0 };
	if (slice_starts_with(slice_trim(without_mark(text)), "{")) {
		document->json = mem_alloc_zeroed(1, sizeof *document->json);
		if (!document->json)
			return error_no_memory(err);
		if (is_json(document->json, text)) {
			json_reader_init(document->json, text, 0);
			document->reader = &document->json->reader;
			return 0;
		}
	}
	document->yaml = yaml_reader_new(text, 0, err);
	if (!document->yaml)
		return -1;
	document->reader = yaml_reader_reader(document->yaml);
	return 0;
}

void kubeconfig_document_release(struct kubeconfig_document *document)
{
	if (document->json && !document->yaml)
		json_reader_release(document->json);
	mem_free(document->json);
	yaml_reader_free(document->yaml);
	*document = (struct kubeconfig_document){ 0 };
}
