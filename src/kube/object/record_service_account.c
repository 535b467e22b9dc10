#include "kube/object/records.h"

int put_service_account(const struct item *item, struct error **err)
{
	struct service_account account;
	record_init(&service_account_type, &account);
	account.namespace = item->meta->namespace;
	account.name = item->meta->name;
	account.uid = item->meta->uid;
	account.created = optional_time(item->meta->created);
	if (item_names(item, &item->object->pull_secrets, &account.pull_secrets, err) < 0)
		return -1;
	return item_put(item, &service_account_type, &account, err);
}
