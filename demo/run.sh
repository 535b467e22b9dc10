#!/bin/sh
# The end of `make demo`: writes the made-up breach to build/demo, answers it, and says what to type for one's own cluster.
#
#     demo/run.sh          all of it; needs build/src/cli/fother
#     demo/run.sh --next   only what to type next
set -eu
cd "$(dirname "$0")/.."
fother=build/src/cli/fother
demo=build/demo

# Only pull secrets are asked for: no other value needs to leave the cluster. Without --show-managed-fields nothing tells
# how old a login is.
say_next()
{
	cat <<'TEXT'
For your own clusters: a folder for each (here prod). The dump holds the pull
secrets in the clear; remove it when you are done.

  umask 077; mkdir -p dump/prod; cd dump/prod
  for kind in namespaces nodes pods serviceaccounts events deployments \
      replicasets statefulsets daemonsets jobs cronjobs \
      replicationcontrollers podtemplates; do
    kubectl get $kind -A -o json --show-managed-fields >$kind.json
  done
  for type in dockerconfigjson dockercfg; do
    kubectl get secrets -A -o json --show-managed-fields \
      --field-selector type=kubernetes.io/$type >secrets-$type.json
  done
  cd ../..

TEXT
	echo "  $fother triage --registry docker.io --since 30d --snapshot dump"
}

if [ "${1-}" = --next ]; then
	say_next
	exit 0
fi

rm -rf "$demo"
window=$(/usr/bin/python3 demo/make-demo.py "$demo")

# A store of its own: what is tried here must not stand among one's own clusters later.
set -- triage --registry docker.io --repository acme --window "$window" \
	--bad "$demo/bad-digests.txt" --snapshot "$demo/prod" --snapshot "$demo/stage" --snapshot "$demo/images" \
	--store "$demo/store.db"
cat <<TEXT
A made-up breach of docker.io/acme: two dumps and two OCI layouts in $demo.
Its story: demo/README.md.

\$ $fother triage --registry docker.io --repository acme \\
    --window $window \\
    --bad $demo/bad-digests.txt \\
    --snapshot $demo/prod --snapshot $demo/stage \\
    --snapshot $demo/images \\
    --store $demo/store.db

TEXT
status=0
"$fother" "$@" || status=$?
echo
case $status in
3) echo "(exit 3: it found what must be acted on)" ;;
4) echo "(exit 4: something could not be read)" ;;
0) ;;
*) exit "$status" ;;
esac
echo
say_next
