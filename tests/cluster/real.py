"""Fother on the clusters of lab.py: what LiveFother of tests/live does on fakes.

    fother.use(lab.kubeconfig(name="prod"))
    fother.triage()                               # an Answer: code, items, missing, ...
    fother.lines("secrets", "-o", "ndjson")       # of the same context
"""
import datetime
import sqlite3
import time

from live.scenery import Answer, LiveFother


def stamp(moment):
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def now(seconds=0):
    return stamp(datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=seconds))


def wait_for_next_second():
    """What exists before is older than now(0) then."""
    time.sleep(1.01 - time.time() % 1)


class RealFother(LiveFother):
    def __init__(self, folder):
        folder.mkdir(exist_ok=True)
        super().__init__(folder, None)

    def use(self, kubeconfig):
        self.kubeconfig = kubeconfig
        return self

    def triage(self, *words, contexts=("prod",), **env):
        """All credentials that exist are burnt; no finding makes an exit code."""
        command = self.live("triage", "--registry", "docker.io", "--since", "2h", "--fail-on", "none", "-o", "json", *words,
                            contexts=contexts)
        return Answer(self.run(*command, **env))

    def query(self, sql, *values):
        """Rows of the store, as dicts."""
        with sqlite3.connect(f"file:{self.state / 'fother/store.db'}?mode=ro", uri=True) as db:
            db.row_factory = sqlite3.Row
            return [dict(row) for row in db.execute(sql, values)]
