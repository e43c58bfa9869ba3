# SPDX-License-Identifier: Apache-2.0
"""The agent as its DaemonSet's container would be: with the token of its pod, and the cluster's address in its environment."""
import json
import os
import shlex
import shutil
import subprocess
import time

from checks import until
from control_plane import NODE
from node import free_port

INTERRUPTED = "lastcall.dev/Interrupted"
PROTECTED = "lastcall.dev/Protected"
TAINT = {"key": "lastcall.dev/interrupted", "effect": "NoSchedule"}
DEADLINE = "lastcall.dev/deadline"


class Agent:
    def __init__(self, cluster, command):
        self.cluster, self.command, self.folder = cluster, shlex.split(command), cluster.folder / "agent"
        self.account = self.folder / "account"
        self.account.mkdir(parents=True)
        self.notice, self.file = self.folder / "notice", self.folder / "lastcall.yaml"
        self.socket = self.folder / "lastcall.sock"
        self.token, self.process = "", None
        self.env = {k: v for k, v in os.environ.items() if not k.startswith(("LASTCALL_", "KUBE"))} | {
            "KUBERNETES_SERVICE_HOST": "127.0.0.1", "KUBERNETES_SERVICE_PORT": str(cluster.port)}

    def take_account(self, pod):
        """What the kubelet projects into the DaemonSet's pod."""
        asked = self.cluster.kubectl("create", "token", "lastcall", "-n", "lastcall", "--bound-object-kind=Pod",
                                     f"--bound-object-name={pod}")
        self.token = asked.stdout.strip()
        if not self.token:
            raise SystemExit(f"proof: no token for the agent: {asked.stderr}")
        shutil.copy(self.cluster.folder / "ca.crt", self.account / "ca.crt")
        (self.account / "token").write_text(self.token)

    def configure(self, **kubernetes):
        self.file.write_text(json.dumps({
            "cloud": "none", "stateDirectory": str(self.folder / "state"),
            "sources": [{"name": "marker", "file": str(self.notice), "window": "2m", "poll": "200ms"}],
            "api": {"listen": f"127.0.0.1:{free_port()}", "socket": str(self.socket)},
            "kubernetes": {"node": NODE, "serviceAccount": str(self.account), **kubernetes}}))

    def run(self, protected="True"):
        """Starts it and waits until it says on the node that the node is protected, or that it is not."""
        self.process = self.cluster.start("agent", *self.command, "run", "--config", self.file, env=self.env)
        if not until(lambda: self.cluster.node()["conditions"].get(PROTECTED) == protected, 60):
            raise SystemExit(f"proof: {PROTECTED} of the node is not {protected}: {self.cluster.folder}/agent.log")

    def end(self):
        self.cluster.end(self.process)

    def say(self, *words, bound=120):
        return subprocess.run([*self.command, *map(str, words)], env=self.env, capture_output=True, text=True, timeout=bound, check=False)

    def status(self):
        said = self.say("status", "--json", "--socket", self.socket)
        return json.loads(said.stdout) if said.returncode == 0 else {}

    def reclaim(self, window):
        """Gives notice, by the file that is its source."""
        written = self.folder / "notice.new"
        written.write_text(time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + window)))
        written.rename(self.notice)

    def withdraw(self):
        self.notice.unlink()

    def marks(self):
        """Those of a notice which the node bears now, by name."""
        now = self.cluster.node()
        found = {
            "condition": now["conditions"].get(INTERRUPTED) == "True",
            "taint": any(TAINT.items() <= taint.items() for taint in now["spec"].get("taints", [])),
            "cordon": now["spec"].get("unschedulable") is True,
            "annotation": DEADLINE in now["annotations"]}
        return {name for name, there in found.items() if there}

    def is_marked(self):
        return len(self.marks()) == 4

    def is_unmarked(self):
        return self.cluster.api("GET", f"/api/v1/nodes/{NODE}")[0] == 200 and not self.marks()
