#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Holds the gate's door and cut against gRPC's own client for Python, without a retry policy.

    calls.py --agent COMMAND --directory DIR [--short]

Two servers, an agent with a gate before each, and one channel with both addresses and round_robin. While unary and streaming
calls are in flight and new ones come all the time, one node gets its notice: no call fails, and each stream is whole. Then
the other node gets one whose window is too short for its streams: each of them ends with an error, and none looks whole.
Prints a table and one line of JSON; exits 1 if something did not hold.
"""

import argparse
import collections
import concurrent.futures
import json
import os
import sys
import tempfile
import threading
import time

import grpc
from node import Agent, wait_for

UNARY = "/proof.Calls/Unary"
STREAM = "/proof.Calls/Stream"
PAUSE = 0.1
"""Seconds between two messages of a stream."""
WINDOW = 20
CUT_WINDOW = 8
ENDLESS = 10_000


class Handler(grpc.GenericRpcHandler):
    """Unary calls last as many milliseconds as they ask for; streams have as many messages."""

    def service(self, details):
        if details.method == UNARY:
            return grpc.unary_unary_rpc_method_handler(self.unary)
        return grpc.unary_stream_rpc_method_handler(self.stream) if details.method == STREAM else None

    @staticmethod
    def unary(request, _):
        time.sleep(int(request) / 1000)
        return request

    @staticmethod
    def stream(request, context):
        for number in range(int(request)):
            if not context.is_active():
                return
            yield b"%d" % number
            time.sleep(PAUSE)


class Node:
    """A server of gRPC, and the agent before it."""

    def __init__(self, command, folder, name):
        self.server = grpc.server(concurrent.futures.ThreadPoolExecutor(100), handlers=[Handler()])
        port = self.server.add_insecure_port("127.0.0.1:0")
        self.server.start()
        self.agent = Agent(command, os.path.join(folder, name), name, port, ", protocol: h2c")

    def close(self):
        self.agent.close()
        self.server.stop(None)


def channel(*nodes):
    return grpc.insecure_channel(
        "ipv4:" + ",".join(f"127.0.0.1:{node.agent.gate}" for node in nodes),
        options=[("grpc.lb_policy_name", "round_robin"), ("grpc.enable_retries", 1)])


class Calls:
    """What became of the calls of one scene, by kind."""

    def __init__(self, to):
        self.unary_call, self.stream_call = to.unary_unary(UNARY), to.unary_stream(STREAM)
        self.seen = collections.Counter()
        self.threads = []
        self.over = threading.Event()

    def note(self, kind, call):
        try:
            self.seen[kind, "whole" if call() else "SHORT"] += 1
        except grpc.RpcError as error:
            self.seen[kind, f"{error.code().name}: {error.details()}"] += 1

    def start(self, target):
        thread = threading.Thread(target=target, daemon=True)
        self.threads.append(thread)
        thread.start()

    def unary(self, millis):
        self.start(lambda: self.note("unary", lambda: self.unary_call(b"%d" % millis, timeout=60) == b"%d" % millis))

    def stream(self, length):
        self.start(lambda: self.note("stream", lambda: len(list(self.stream_call(b"%d" % length, timeout=120))) == length))

    def ever(self):
        """New calls all the time, one after the other."""
        def go():
            while not self.over.is_set():
                self.note("later", lambda: self.unary_call(b"50", timeout=60) == b"50")
        self.start(go)

    def finish(self, seconds):
        self.over.set()
        until = time.monotonic() + seconds
        for thread in self.threads:
            thread.join(max(0, until - time.monotonic()))
        self.seen.update(("all", "HANGS") for thread in self.threads if thread.is_alive())
        return self.seen


def notice(nodes, size):
    """Calls are in flight on both nodes, and new ones come, when one of them is reclaimed."""
    with channel(*nodes) as to:
        calls = Calls(to)
        # The address that is connected first would get all of them.
        wait_for("both nodes get calls", lambda: calls.unary_call(b"1", timeout=20) and all(node.agent.admitted() for node in nodes), 20)
        before = nodes[0].agent.admitted()
        for _ in range(2 * size):
            calls.unary(3000)
            calls.stream(40)
        for _ in range(8):
            calls.ever()
        wait_for("half of the calls are let in by the node", lambda: nodes[0].agent.admitted() >= before + size, 20)
        nodes[0].agent.reclaim(WINDOW)
        nodes[0].agent.record()
        return calls.finish(60)


def cut(node, size):
    """The window is too short for the streams."""
    with channel(node) as to:
        calls = Calls(to)
        before = node.agent.admitted()
        for _ in range(size):
            calls.stream(ENDLESS)
        wait_for("all are let in", lambda: node.agent.admitted() == before + size, 20)
        node.agent.reclaim(CUT_WINDOW)
        return calls.finish(60)


def report(scenes, records):
    print(f"grpcio {grpc.__version__}, round_robin, no retry policy")
    broken = []
    for scene, seen in scenes.items():
        for (kind, end), count in sorted(seen.items()):
            expected = end == "whole" if scene == "notice" else end == "UNAVAILABLE: node_reclaimed"
            print(f"{scene:<8}{kind:<8}{count:>6}  {end}{'' if expected else '   <- BROKEN'}")
            broken += [] if expected else [f"{scene}, {kind}: {count} x {end}"]
    for scene, record in records.items():
        print(f"record of the {scene}: " + ", ".join(
            f"{key} {record.get(key)}" for key in ("outcome", "inFlightAtNotice", "completed", "refused", "cut", "lost")))
        broken += [f"{scene}: {record['lost']} lost by the record"] if record.get("lost") else []
    print(json.dumps({
        "grpcio": grpc.__version__,
        "scenes": {scene: {f"{kind}: {end}": count for (kind, end), count in seen.items()} for scene, seen in scenes.items()},
        "records": records, "broken": broken}))
    return broken


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--agent", required=True, help="the command that is the agent, such as ./lastcall")
    parser.add_argument("--directory", required=True, help="for the logs and the state of the run")
    parser.add_argument("--short", action="store_true", help="the notice only, with half of the calls")
    options = parser.parse_args()
    os.makedirs(options.directory, exist_ok=True)
    folder = tempfile.mkdtemp(prefix="grpc", dir=os.path.abspath(options.directory))
    size = 10 if options.short else 20
    nodes = [Node(options.agent, folder, name) for name in ("first", "second")]
    try:
        for node in nodes:
            node.agent.await_open()
        scenes = {"notice": notice(nodes, size)}
        records = {"notice": nodes[0].agent.record()}
        if not options.short:
            scenes["cut"] = cut(nodes[1], size)
            records["cut"] = nodes[1].agent.record()
        broken = report(scenes, records)
    finally:
        for node in nodes:
            node.close()
    sys.exit(1 if broken else 0)


if __name__ == "__main__":
    main()
