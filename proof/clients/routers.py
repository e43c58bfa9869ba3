#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Takes routers, with two gates behind each, through the notice of one node.

    routers.py --agent COMMAND --directory DIR [--short | --only NAME]

16 clients that read event streams and 8 that read whole answers ask through the router, without a retry of their own and
without pause. One node gets a notice of 20 s; its server is stopped, and so is its gate at the end. A request fails if its
client gets anything but the whole answer. Prints a table and one line of JSON; exits 1 if one failed where none may.
"""

import argparse
import collections
import collections.abc
import dataclasses
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time

import completions
import router_programs as routers
from node import Agent, free_port, wait_for

WINDOW = 20
STREAMING, PLAIN = 16, 8
MOST_FAILURES = 100
"""Of so many failures of a row it is kept when each of them was."""
WARM_REQUESTS = 240
"""So many requests pass before the notice: a gate that has measured nothing closes its door at once."""


class Node:
    """A server, and the agent before it."""

    def __init__(self, command, folder, name, row):
        self.server = row.server(os.path.join(folder, name + ".sock"))
        self.agent = Agent(command, os.path.join(folder, name), name, self.server.url, row.door, row.drain, self.server.stop)

    def close(self):
        self.agent.close()
        self.server.close()


class ServerHere:
    """A server on TCP in this process."""

    stop = 'command: ["true"]'

    def __init__(self, _):
        self.server = completions.serve()
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"

    def close(self):
        self.server.shutdown()
        self.server.server_close()


class Uvicorn:
    """A server on a Unix socket, which the agent itself stops."""

    def __init__(self, socket):
        self.url = "unix://" + socket
        self.process = subprocess.Popen(
            [sys.executable, "-m", "uvicorn", "--uds", socket, "--log-level", "warning", "completions:app"],
            cwd=os.path.dirname(os.path.abspath(__file__)))
        self.stop = f"pid: {self.process.pid}"
        wait_for("the server has its socket", lambda: os.path.exists(socket), 30)

    def close(self):
        self.process.terminate()
        self.process.wait(20)


NOW = ', door: { at: now, closed: answer }'
ENVOY_OTHER_HOST = {"name": "previous_hosts", "typed_config": {
    "@type": "type.googleapis.com/envoy.extensions.retry.host.previous_hosts.v3.PreviousHostsPredicate"}}
TRAEFIK_HEALTH = {"path": "/health", "interval": "1s", "timeout": "1s"}


@dataclasses.dataclass
class Row:
    name: str
    program: str
    start: collections.abc.Callable
    door: str = ""
    drain: str = ""
    window: int = WINDOW
    server: collections.abc.Callable = ServerHere
    may_fail: bool = False
    """Whether the page says that requests fail at clients."""


def row(name, program, start, *arguments, may_fail=False, door="", drain="", window=WINDOW, server=ServerHere, **settings):
    return Row(name, program, lambda *to: start(*to, *arguments, **settings), door, drain, window, server, may_fail)


ROWS = [
    row("nginx, defaults", "nginx", routers.nginx),
    row("nginx, least_conn", "nginx", routers.nginx, balance="least_conn;"),
    row("nginx, defaults; uvicorn on a Unix socket", "nginx", routers.nginx, server=Uvicorn),
    row("nginx, defaults; a door that is closed at once and answers", "nginx", routers.nginx, door=NOW, may_fail=True),
    row("nginx, least_conn; a door that is closed at once and answers", "nginx", routers.nginx, balance="least_conn;", door=NOW,
        may_fail=True),
    row("haproxy, defaults", "haproxy", routers.haproxy, may_fail=True),
    row("haproxy, `option httpchk GET /health` and `check inter 1s`", "haproxy", routers.haproxy,
        lines="  option httpchk GET /health", check="check inter 1s fall 2"),
    row("haproxy, `retry-on 503 conn-failure`, `option redispatch 1`", "haproxy", routers.haproxy,
        lines="  retry-on 503 conn-failure\n  retries 3\n  option redispatch 1"),
    row("caddy, defaults", "caddy", routers.caddy, may_fail=True),
    row("caddy, `lb_policy round_robin`, `lb_retries 2`, `fail_duration 10s`", "caddy", routers.caddy,
        "lb_policy round_robin\n    lb_retries 2\n    fail_duration 10s"),
    row("caddy, `health_uri /health`, `health_interval 1s`", "caddy", routers.caddy,
        "health_uri /health\n    health_interval 1s"),
    row("traefik, defaults", "traefik", routers.traefik, may_fail=True),
    row("traefik, `healthCheck`", "traefik", routers.traefik, check=TRAEFIK_HEALTH),
    row("traefik, `retry` with 3 attempts", "traefik", routers.traefik, retry={"attempts": 3}, may_fail=True),
    row("envoy, defaults", "envoy", routers.envoy, may_fail=True),
    row("envoy, `retry_policy` and `circuit_breakers`", "envoy", routers.envoy,
        retry={"retry_on": "connect-failure,retriable-status-codes", "retriable_status_codes": [503], "num_retries": 3,
               "host_selection_retry_max_attempts": 5, "retry_host_predicate": [ENVOY_OTHER_HOST]},
        cluster={"circuit_breakers": {"thresholds": [{"max_retries": 1000}]}}),
    row("envoy, `health_checks`", "envoy", routers.envoy, cluster={"health_checks": [{
        "timeout": "1s", "interval": "1s", "no_traffic_interval": "1s", "unhealthy_threshold": 2, "healthy_threshold": 1,
        "http_health_check": {"path": "/health"}}]}),
    row("litellm, defaults", "litellm", routers.litellm, may_fail=True),
    row("litellm, `num_retries: 5`, `allowed_fails: 0`, `cooldown_time: 60`", "litellm", routers.litellm,
        "router_settings: { num_retries: 5, allowed_fails: 0, cooldown_time: 60 }"),
    row("vllm-router, defaults", "vllm-router", routers.vllm_router),
    row("vllm-router, `--policy round_robin`", "vllm-router", routers.vllm_router, "--policy", "round_robin", may_fail=True),
    row("vllm-router, `--policy round_robin`, `--health-check-interval-secs 1`, `--health-failure-threshold 1`", "vllm-router",
        routers.vllm_router, "--policy", "round_robin", "--health-check-interval-secs", "1", "--health-failure-threshold", "1"),
    row("sglang-router, defaults", "sglang-router", routers.vllm_router, command=("sglang-router", "launch")),
    row("skyserve, defaults", "sky", routers.SkyServe, may_fail=True),
    row("skyserve, `load_balancing_policy: round_robin`", "sky", routers.SkyServe, policy="round_robin", may_fail=True),
    row("skyserve; a settle time of 45 s in a window of 90 s", "sky", routers.SkyServe,
        drain="drain: { settleTime: 45s }", window=90),
]


class Clients:
    """Ask without pause until `finish`; `seen` counts what became of their requests."""

    def __init__(self, port):
        self.port = port
        self.seen = collections.Counter()
        self.failures = []
        self.over = threading.Event()
        self.threads = [
            threading.Thread(target=self.go, args=(at < STREAMING,), daemon=True) for at in range(STREAMING + PLAIN)]
        for thread in self.threads:
            thread.start()

    def go(self, stream):
        while not self.over.is_set():
            began = time.time()
            end = completions.ask(self.port, routers.KEY, stream)
            self.seen[end] += 1
            if end != "whole" and len(self.failures) < MOST_FAILURES:
                self.failures.append({"what": end, "stream": stream, "began": began, "ended": time.time()})

    def finish(self):
        self.over.set()
        until = time.monotonic() + 70
        for thread in self.threads:
            thread.join(max(0, until - time.monotonic()))
        self.seen.update("hangs" for thread in self.threads if thread.is_alive())
        return self.seen


def is_served(port):
    return all(completions.ask(port, routers.KEY, stream) == "whole" for stream in (True, False))


def run(command, folder, row):
    nodes = [Node(command, folder, name, row) for name in ("first", "second")]
    router = None
    try:
        for node in nodes:
            node.agent.await_open()
        port = free_port()
        router = row.start(folder, port, [node.agent.gate for node in nodes])
        wait_for("the router has an answer for each; its log is " + router.log,
                 lambda: router.has_ended() or is_served(port), 120)
        if router.has_ended():
            raise SystemExit("the router ended; its log is " + router.log)
        clients = Clients(port)
        wait_for("enough requests are answered", lambda: clients.seen["whole"] >= WARM_REQUESTS, 120)
        before = len(clients.failures)
        nodes[0].agent.reclaim(row.window)
        record = nodes[0].agent.record(row.window + 40)
        time.sleep(1)
        nodes[0].close()
        time.sleep(2)
        return clients.finish(), clients.failures, before, record
    finally:
        if router:
            router.close()
        for node in nodes[1:] if nodes[0].agent.has_ended() else nodes:
            node.close()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--agent", required=True, help="the command that is the agent, such as ./lastcall")
    parser.add_argument("--directory", required=True, help="for the logs and the state of the run")
    parser.add_argument("--short", action="store_true", help="nginx at its defaults only")
    parser.add_argument("--only", default="", help="only the rows whose name begins so")
    options = parser.parse_args()
    os.makedirs(options.directory, exist_ok=True)
    broken, rows = [], []
    print("| router | requests | failed at clients | let in after the notice | refused |\n|---|---|---|---|---|")
    for row in ROWS[:1] if options.short else [row for row in ROWS if row.name.startswith(options.only)]:
        if not shutil.which(row.program):
            broken.append(f"{row.name}: not run, {row.program} is not installed")
            continue
        folder = tempfile.mkdtemp(prefix="routers", dir=os.path.abspath(options.directory))
        try:
            seen, failures, before, record = run(options.agent, folder, row)
        except (SystemExit, OSError) as why:
            broken.append(f"{row.name}: not run to its end, {why}")
            continue
        failed = sum(seen.values()) - seen["whole"]
        rows.append({"router": row.name, "seen": dict(seen), "failures": failures, "record": record})
        how = ", ".join(f"{count} x {end}" for end, count in sorted(seen.items()) if end != "whole")
        print(f"| {row.name} | {sum(seen.values())} | {failed}{f' ({how})' if how else ''} | "
              f"{record.get('late', {}).get('admitted')} | {record.get('refused')} |", flush=True)
        broken += [f"{row.name}: {how}, logs in {folder}"] if failed and (before or not row.may_fail) else []
        broken += [f"{row.name}: {record['lost']} lost by the record"] if record.get("lost") else []
        broken += [] if record.get("inFlightAtNotice") or record.get("admitted") else [f"{row.name}: no request was at the node that got the notice"]
        broken += [f"{row.name}: {record['late']} of those let in late"] if record.get("late", {}).get("cut") else []
    for why in broken:
        print(f"FAILED {why}", file=sys.stderr)
    print(json.dumps({"rows": rows, "broken": broken}))
    sys.exit(1 if broken else 0)


if __name__ == "__main__":
    main()
