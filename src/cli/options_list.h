/* Every option of every command, once: O(ID, kind, member, "--name", 'letter' or 0, "ARGUMENT" or NULL, help).
 * Kinds: FLAG (bool), COUNT (unsigned), TEXT (const char *), LIST (struct text_list). */
#ifndef FOTHER_CLI_OPTIONS_LIST_H
#define FOTHER_CLI_OPTIONS_LIST_H

#define OPTIONS(O)                                                                                                     \
	O(REGISTRY, LIST, registries, "registry", 0, "HOST",                                                           \
	  "A breached registry. Every name of Docker Hub means docker.io. May be repeated.")                           \
	O(REPOSITORY, LIST, repositories, "repository", 0, "PATH",                                                     \
	  "Narrows --registry to images below PATH (acme, or acme/web). May be repeated.")                             \
	O(ACCOUNT, LIST, accounts, "account", 0, "USER",                                                               \
	  "Narrows the credentials of --registry to this user name. May be repeated.")                                 \
	O(BAD, LIST, bad, "bad", 0, "FILE|INDICATOR",                                                                  \
	  "A bad digest, repo:tag with an optional FROM..TO, or file:sha256:HEX; or a file with one a line, "          \
	  "# for comments. May be repeated.")                                                                          \
	O(SINCE, TEXT, since, "since", 0, "T|AGE",                                                                     \
	  "The breach began then and may go on: 2026-11-20T09:10Z, 2026-11-20, 30d.")                                  \
	O(WINDOW, TEXT, window, "window", 0, "A..B", "The breach lasted from A to B. What existed by B is burnt.")     \
	O(FAIL_ON, TEXT, fail_on, "fail-on", 0, "SEVERITY",                                                            \
	  "Exit 3 for findings of this severity or more: critical, high (default), medium, low, none.")                \
	O(SNAPSHOT, LIST, snapshots, "snapshot", 0, "PATH",                                                            \
	  "A dump: a folder (one sub-folder a cluster, or none; OCI layouts and archives of images too), a tar or "    \
	  "tar.gz of it, or - for standard input. May be repeated. Without it, what the store holds from earlier "     \
	  "reads answers.")                                                                                            \
	O(CONTEXT, LIST, contexts, "context", 0, "NAME",                                                               \
	  "A live cluster: a context of the kubeconfig. May be repeated. All are read at the same time.")              \
	O(ALL_CONTEXTS, FLAG, all_contexts, "all-contexts", 0, NULL, "Every context of the kubeconfig.")               \
	O(KUBECONFIG, TEXT, kubeconfig, "kubeconfig", 0, "FILE",                                                       \
	  "The kubeconfig, in place of $KUBECONFIG or ~/.kube/config; several with colons between them.")              \
	O(IN_CLUSTER, FLAG, in_cluster, "in-cluster", 0, NULL,                                                         \
	  "The cluster that this runs in, as the pod's service account.")                                              \
	O(ALLOW_EXEC, LIST, allow_exec, "allow-exec", 0, "COMMAND",                                                    \
	  "Lets a kubeconfig run this command to get a login (aws, gke-gcloud-auth-plugin, or a whole path), or a "    \
	  "docker config the helper of a registry (docker-credential-pass). May be repeated. None is run otherwise.")  \
	O(NAMESPACE, LIST, namespaces, "namespace", 'n', "NAMESPACE",                                                  \
	  "Of live clusters, reads only this namespace. May be repeated.")                                             \
	O(METADATA_ONLY, FLAG, metadata_only, "metadata-only", 0, NULL,                                                \
	  "Of live clusters, asks for no value of a secret: which secrets there are, how old and who uses them, not "  \
	  "which logins they hold.")                                                                                   \
	O(ALL_SECRETS, FLAG, all_secrets, "all-secrets", 0, NULL,                                                      \
	  "Of live clusters, reads secrets of every type (but service account tokens and Helm releases) for logins "   \
	  "in them, not only the two types that the kubelet pulls with.")                                              \
	O(ENCODING, TEXT, encoding, "encoding", 0, "auto|json",                                                        \
	  "Of live clusters: protobuf where the server speaks it (auto, the default), or JSON alone.")                 \
	O(RBAC, FLAG, rbac, "rbac", 0, NULL,                                                                           \
	  "Prints the rights that reading needs, as YAML: those that were missing in what was read last, or, when "    \
	  "nothing was read yet, all.")                                                                                \
	O(WATCH, FLAG, watch, "watch", 0, NULL,                                                                        \
	  "Goes on after the answer: prints and stores each change of a secret until ^C. Needs live clusters.")        \
	O(READ_REGISTRY, FLAG, read_registry, "read-registry", 0, NULL,                                                \
	  "Reads the registries as well: for an incident its own (all repositories below --repository, and every "     \
	  "image that clusters run from it), otherwise those that images come from, narrowed by --registry.")          \
	O(PLAIN_HTTP, LIST, plain_http, "plain-http", 0, "HOST",                                                       \
	  "Asks this registry without TLS. May be repeated. No other one ever is.")                                    \
	O(TOKEN_HOST, LIST, token_hosts, "token-host", 0, "HOST[:PORT]",                                               \
	  "Lets a registry send its users to this token server although its address is private (GitLab beside its "    \
	  "registry). TLS it needs all the same. May be repeated.")                                                    \
	O(CA_FILE, TEXT, ca_file, "ca-file", 0, "FILE",                                                                \
	  "Certificate authorities (PEM) for registries, in place of the system's.")                                   \
	O(MIRROR, LIST, mirrors, "mirror", 0, "HOST=UPSTREAM",                                                         \
	  "Asks HOST, a mirror or pull-through cache, for what UPSTREAM holds. May be repeated.")                      \
	O(USE_PULL_SECRETS, FLAG, use_pull_secrets, "use-pull-secrets", 0, NULL,                                       \
	  "Lets registries be asked with the logins of the clusters' pull secrets (the registry will see that they "   \
	  "were used). Without it, only the user's own docker config is.")                                             \
	O(HUB_AUDIT, LIST, hub_audit, "hub-audit", 0, "FILE",                                                          \
	  "Docker Hub's audit log (JSON of its API): who pushed and deleted which tag when. May be repeated.")         \
	O(HUB_USAGE, LIST, hub_usage, "hub-usage", 0, "FILE",                                                          \
	  "Docker Hub's usage report (CSV): which login pulled what from where. May be repeated.")                     \
	O(OFFLINE, FLAG, offline, "offline", 0, NULL, "Answers from what was read before, and asks no registry.")      \
	O(PLATFORM, TEXT, platform, "platform", 0, "OS/ARCH[/VARIANT]",                                                \
	  "Of an image for several platforms, this one.")                                                              \
	O(INTERVAL, TEXT, interval, "interval", 0, "AGE", "Asks again after this time: 60s (default), 5m, 1h.")        \
	O(CLUSTER, LIST, clusters, "cluster", 0, "NAME|UID", "Answers for this cluster only. May be repeated.")        \
	O(AS_OF, TEXT, as_of, "as-of", 0, "T",                                                                         \
	  "The time that the dump speaks of, in place of the newest time in it; makes output reproducible.")           \
	O(STORE, TEXT, store, "store", 0, "FILE", "The store, in place of $XDG_STATE_HOME/fother/store.db.")           \
	O(KEY_FILE, TEXT, key_file, "key-file", 0, "FILE",                                                             \
	  "The fingerprint key, in place of the file `key` beside the store.")                                         \
	O(OUTPUT, TEXT, output, "output", 'o', "FORMAT", "table (default), wide, json, ndjson or csv.")                \
	O(QUIET, FLAG, quiet, "quiet", 'q', NULL, "Prints identities only, one a line.")                               \
	O(VERBOSE, COUNT, verbose, "verbose", 'v', NULL, "Says on stderr what is being done; twice for more.")         \
	O(MAN, FLAG, man, "man", 0, NULL, "Prints the manual page in man(7) form.")                                    \
	O(HELP, FLAG, help, "help", 'h', NULL, "Prints this.")

#endif
