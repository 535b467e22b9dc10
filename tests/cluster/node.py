"""A real node of a test cluster: kubelet, containerd and runc, with a registry that asks for a login. Needs root.

    def test_it(node_lab):                  # fixture of conftest.py: a cluster of its own, node_lab.lab
        node_lab.lab.create([namespace("run"),
                             node_lab.pull_secret("run", "hub"), node_lab.pod("run", "web", pull_secrets=["hub"])])
        node_lab.wait_for_pod("run", "web", lambda status: status["phase"] == "Running")
        node_lab.registry.users["acme"] = "made-up-password-2"     # the credential in the secret is dead now

Pods share the network of the machine; nothing schedules, so pod() names the node. Kubelet, containerd and all containers
live in a process and mount namespace of their own: they end with its first process, and no mount of theirs is seen outside.
"""
import contextlib
import json
import os
import shlex
import signal
import subprocess
from pathlib import Path

import objects
from processes import free_port
from node_registry import Registry

NAME = "node-real"
USER, PASSWORD = "acme", "made-up-password-1"
# Ends by itself only after an hour, and at once when it is asked to: process 1 ignores signals that it does not handle.
PROGRAM = """#include <signal.h>
#include <unistd.h>
static void end(int s) { (void)s; _exit(0); }
int main(void) { signal(SIGTERM, end); return (int)sleep(3600); }
"""


def why_not():
    """Why this machine cannot run a node; None when it can."""
    if os.geteuid() != 0:
        return "a kubelet needs root"
    if not Path("/dev/kmsg").exists():
        return "a kubelet needs /dev/kmsg"
    mounts = Path("/proc/mounts").read_text()
    if " cgroup " not in mounts:
        return "kubelet 1.20 and runc need cgroup v1 hierarchies"
    tried = subprocess.run(["unshare", "--mount", "--pid", "--fork", "--mount-proc", "true"], capture_output=True, text=True)
    return f"no namespaces of its own: {tried.stderr.strip()}" if tried.returncode else None


def static_program(folder):
    """The bytes of a program that needs no file but itself."""
    source, program = folder / "program.c", folder / "program"
    source.write_text(PROGRAM)
    subprocess.run(["gcc", "-Os", "-static", "-s", "-o", program, source], check=True)
    return program.read_bytes()


class NodeLab:
    """lab: a Lab with controllers, which ends the node with itself."""

    def __init__(self, lab):
        self.lab, self.processes = lab, lab.processes
        self.folder = lab.folder / "node"
        self.folder.mkdir()
        self.registry = Registry({USER: PASSWORD})
        program = static_program(self.folder)
        self.image = self.registry.add("acme/web", "1", program)
        self.sandbox_image = self.registry.add("public/pause", "1", program)
        self.start()

    # Life

    def start(self):
        self.socket = self.folder / "containerd.sock"
        self.write_containerd_config()
        kubelet = self.write_kubelet_config()
        logs, parts = self.processes.logs, self.lab.parts
        script = self.folder / "init"
        script.write_text(f"""set -e
# Both have these paths built in.
mount -t tmpfs none /var/log
mount -t tmpfs none /run
{shlex.join([str(parts / "containerd"), "--config", str(self.folder / "containerd.toml")])} >>{logs}/containerd.log 2>&1 &
until [ -S {self.socket} ]; do sleep 0.1; done
{shlex.join(kubelet)} >>{logs}/kubelet.log 2>&1 &
wait -n
""")
        self.processes.start("node", [
            "unshare", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc", "bash", script],
            PATH=f"{parts}:{os.environ['PATH']}", AWS_EC2_METADATA_DISABLED="true")
        self.processes.wait_until("the node is ready", self.ready)

    def write_containerd_config(self):
        cri = 'plugins."io.containerd.grpc.v1.cri"'
        (self.folder / "containerd.toml").write_text(f"""version = 2
root = "{self.folder}/containerd"
state = "{self.folder}/containerd-state"
[grpc]
address = "{self.socket}"
[{cri}]
sandbox_image = "{self.sandbox_image}"
restrict_oom_score_adj = true
stream_server_address = "127.0.0.1"
[{cri}.cni]
bin_dir = "{self.folder}/cni"
conf_dir = "{self.folder}/cni"
[{cri}.containerd]
# Copies instead of an overlay: it works on every file system.
snapshotter = "native"
[{cri}.containerd.runtimes.runc]
runtime_type = "io.containerd.runc.v2"
""")
        # The node is ready only with a network; pods of the host's network never use it.
        (self.folder / "cni").mkdir()
        (self.folder / "cni/10-loopback.conflist").write_text(json.dumps(
            {"cniVersion": "0.4.0", "name": "loopback-only", "plugins": [{"type": "loopback"}]}))

    def write_kubelet_config(self):
        self.lab.pki.certificate("kubelet", f"/O=system:nodes/CN=system:node:{NAME}")
        access = self.lab.kubeconfig(user="kubelet", login="certificate-files")
        (self.folder / "resolv.conf").write_text("")
        (self.folder / "kubelet.yaml").write_text(json.dumps({
            "apiVersion": "kubelet.config.k8s.io/v1beta1", "kind": "KubeletConfiguration", "address": "127.0.0.1",
            "port": free_port(), "healthzPort": 0, "readOnlyPort": 0, "resolvConf": str(self.folder / "resolv.conf"),
            "authentication": {"x509": {"clientCAFile": str(self.lab.pki.ca)}, "anonymous": {"enabled": False}},
            "cgroupsPerQOS": False, "enforceNodeAllocatable": [], "failSwapOn": False,
            "makeIPTablesUtilChains": False, "imageGCHighThresholdPercent": 100, "evictionHard": {"memory.available": "1Mi"},
            # It would listen in /var/lib/kubelet.
            "featureGates": {"DevicePlugins": False},
            # A test waits for what follows a change.
            "syncFrequency": "2s", "nodeStatusUpdateFrequency": "2s", "nodeStatusReportFrequency": "2s"}))
        return [str(self.lab.parts / "kubelet"), f"--config={self.folder}/kubelet.yaml", f"--kubeconfig={access}",
                "--container-runtime=remote", f"--container-runtime-endpoint=unix://{self.socket}",
                f"--hostname-override={NAME}", f"--root-dir={self.folder}/kubelet", f"--cert-dir={self.folder}/kubelet-pki"]

    def ready(self):
        answer = self.lab.api().get(objects.collection_path("Node") + f"/{NAME}")
        conditions = answer.json["status"].get("conditions", []) if answer.status == 200 else []
        return any(one["type"] == "Ready" and one["status"] == "True" for one in conditions)

    def stop(self):
        """Before the lab's own stop()."""
        folders = [*self.cgroup_folders(), *Path("/sys/fs/cgroup").glob("*/k8s.io")]
        # With the first process of their namespace all others end.
        self.processes.stop("node", sign=signal.SIGKILL)
        self.registry.stop()
        self.processes.wait_until("the node's processes are gone", lambda: not any(
            (folder / "cgroup.procs").read_text() for folder in self.cgroup_folders()))
        for folder in folders:
            # Another kubelet of this machine may have containers below k8s.io.
            with contextlib.suppress(OSError):
                folder.rmdir()

    def cgroup_folders(self):
        """Those of its running containers in every hierarchy; containerd gives them the same place everywhere."""
        tasks = self.folder / "containerd-state/io.containerd.runtime.v2.task/k8s.io"
        names = [task.name for task in tasks.iterdir()] if tasks.exists() else []
        return [folder for name in names for folder in Path("/sys/fs/cgroup").glob(f"*/k8s.io/{name}")]

    # Contents

    def pull_secret(self, namespace, name, password=PASSWORD, **rest):
        return objects.pull_secret(namespace, name, {self.registry.host: (USER, password)}, **rest)

    def pod(self, namespace, name, pull_secrets=(), image=None, **spec):
        """Always pulls. image: of its registry (the one that needs a login)."""
        pod = objects.pod(namespace, name, image or self.image, pull_secrets=pull_secrets, node=NAME,
                          spec={"hostNetwork": True, "terminationGracePeriodSeconds": 1} | spec)
        pod["spec"]["containers"][0]["imagePullPolicy"] = "Always"
        return pod

    def wait_for_pod(self, namespace, name, test, seconds=60):
        """Its status, as soon as test(status) is true. A waiting container: waiting(status)."""
        path = objects.collection_path("Pod", namespace) + "/" + name
        last = {}

        def holds():
            last.clear()
            last.update(self.lab.api().get(path).must().json["status"])
            return test(last)

        try:
            self.processes.wait_until(f"pod {namespace}/{name}", holds, seconds)
        except RuntimeError as error:
            raise RuntimeError(f"status: {json.dumps(last)}\n{error}") from None
        return dict(last)


def waiting(status):
    """The reason why the container of a pod does not run, or an empty text."""
    containers = status.get("containerStatuses", [])
    return containers[0]["state"].get("waiting", {}).get("reason", "") if containers else ""
