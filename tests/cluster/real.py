"""Fother on the clusters of lab.py: what LiveFother of tests/live does on fakes.

    fother.use(lab.kubeconfig(name="prod"))
    fother.triage()                               # an Answer: code, items, missing, ...
    fother.reference(lab, keep=lambda resource, namespace: resource != "pods")     # the same from a dump of some of it
"""
import datetime
import json
import sqlite3
import time

from live.cases import LISTS
from live.scenery import Answer, LiveFother


def stamp(moment):
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def now(seconds=0):
    return stamp(datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=seconds))


def wait_for_next_second():
    """What exists before is older than now(0) then."""
    time.sleep(1.01 - time.time() % 1)


# One time for all answers of a run, after all that a test makes.
AS_OF = now(3600)
TRIAGE = ("triage", "--registry", "docker.io", "--since", "3h", "--as-of", AS_OF, "--fail-on", "none", "-o", "json")


class RealFother(LiveFother):
    def __init__(self, folder):
        folder.mkdir(exist_ok=True)
        super().__init__(folder, None)

    def use(self, kubeconfig):
        self.kubeconfig = kubeconfig
        return self

    def triage(self, *words, contexts=("prod",), **env):
        """All credentials that exist are burnt; no finding makes an exit code."""
        return Answer(self.run(*self.live(*TRIAGE, *words, contexts=contexts), **env))

    def stored_triage(self):
        """The answer from the store alone."""
        return Answer(self.run(*TRIAGE, "--key-file", self.key))

    def reference(self, lab, keep=lambda resource, namespace: True):
        """The answer to a dump of the lists whose resource is kept, with the items of the namespaces that are kept."""
        folder = self.folder / f"reference-{time.time_ns()}"
        (folder / "prod").mkdir(parents=True)
        for resource, path in LISTS.items():
            page = lab.api().get(path).must().json
            about = {"kind": page["kind"].removesuffix("List"), "apiVersion": page["apiVersion"]}
            items = [about | item for item in page["items"] or [] if keep(resource, item["metadata"].get("namespace", "*"))
                     and item.get("type") not in ("Opaque", "kubernetes.io/service-account-token")]
            if items:
                (folder / "prod" / f"{resource}.json").write_text(json.dumps(page | {"items": items}))
        return Answer(self.run(*TRIAGE, "--snapshot", folder, "--key-file", self.key, "--store", folder / "store.db"))

    def query(self, sql, *values):
        """Rows of the store, as dicts."""
        with sqlite3.connect(f"file:{self.state / 'fother/store.db'}?mode=ro", uri=True) as db:
            db.row_factory = sqlite3.Row
            return [dict(row) for row in db.execute(sql, values)]
