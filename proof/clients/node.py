# SPDX-License-Identifier: Apache-2.0
"""A node as the proofs with real clients need it: an agent with a gate before one server, and a file that is the notice."""

import json
import os
import shlex
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request


class Agent:
    """Runs the agent until `close`; everything of it lies in `folder`. `server` is a port of this node, or a URL."""

    def __init__(self, command, folder, name, server, gate_settings="", settings="", stop='command: ["true"]'):
        self.gate, self.api = free_port(), free_port()
        self.notice = os.path.join(folder, "notice")
        self.log = os.path.join(folder, "agent.log")
        self.records = os.path.join(folder, "state", "drains.jsonl")
        os.makedirs(os.path.join(folder, "state"))
        path = os.path.join(folder, "lastcall.yaml")
        with open(path, "w", encoding="utf-8") as file:
            file.write(f"""cloud: none
stateDirectory: {folder}/state
sources: [{{ name: marker, file: {self.notice}, window: 2m, poll: 100ms }}]
servers:
  - name: {name}
    url: {server if isinstance(server, str) else f"http://127.0.0.1:{server}"}
    kind: generic
    gate: {{ listen: "127.0.0.1:{self.gate}"{gate_settings} }}
    stop: {{ {stop} }}
api: {{ listen: "127.0.0.1:{self.api}", socket: {folder}/lastcall.sock }}
{settings}
""")
        # The agent takes variables of its own prefix for configuration; the proof's own settings must not reach it.
        environment = {name: value for name, value in os.environ.items() if not name.startswith("LASTCALL_PROOF_")}
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen(
                [*shlex.split(command), "run", "--config", path], env=environment, stdout=log, stderr=subprocess.STDOUT)

    def await_open(self):
        wait_for("the agent answers; its log is " + self.log, lambda: self.server_status().get("doorOpen"), 600)

    def server_status(self):
        """What the agent says of the server; empty while it does not answer."""
        if self.has_ended():
            raise SystemExit(f"the agent ended with {self.process.returncode}; its log is {self.log}")
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.api}/v1/status", timeout=5) as status:
                return json.load(status)["servers"][0]
        except (urllib.error.URLError, OSError, ValueError):
            return {}

    def admitted(self):
        return self.server_status().get("counts", {}).get("admitted", 0)

    def reclaim(self, window):
        """Gives notice; without a window, by the source's own two minutes."""
        written = self.notice + ".new"
        with open(written, "w", encoding="utf-8") as file:
            if window:
                file.write(time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + window)))
        os.rename(written, self.notice)

    def await_closed(self):
        wait_for("the door is closed", lambda: self.server_status().get("doorOpen") is False, 10)

    def withdraw(self):
        os.remove(self.notice)

    def record(self, bound=60):
        """The drain, once it is over."""
        wait_for(f"the drain is on record in {self.records}",
                 lambda: os.path.exists(self.records) and os.path.getsize(self.records), bound)
        with open(self.records, encoding="utf-8") as lines:
            return json.loads(lines.readlines()[-1])

    def has_ended(self):
        return self.process.poll() is not None

    def close(self):
        if self.has_ended():
            return
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(what, holds, seconds):
    until = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > until:
            raise SystemExit(f"waited {seconds} s without success until {what}")
        time.sleep(0.05)
