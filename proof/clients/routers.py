#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Takes routers, with two gates behind each, through the notice of one node.

    routers.py --agent COMMAND --directory DIR [--short]

16 clients that read event streams and 8 that read whole answers ask through the router, without a retry of their own and without
pause. One node gets a notice of 20 s; its server is stopped, and so is its gate at the end. A request fails if its client
gets anything but the whole answer. Prints a table and one line of JSON; exits 1 if one failed where none may.
"""

import argparse
import collections
import http.client
import http.server
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time

from node import Agent, free_port, wait_for

WINDOW = 20
STREAMING, PLAIN = 16, 8
EVENTS, PAUSE = 8, 0.1
"""An answer has so many events, with so many seconds between two."""
BODY = b'{"stream": %s, "prompt": "' + b"x" * 2000 + b'"}'
WARM_REQUESTS = 240
"""So many requests pass before the notice: a gate that has measured nothing closes its door at once."""


class Server(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.answer(b"ok")

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if b'"stream": true' in body:
            self.send_response(200)
            self.send_header("Content-Type", "text/event-stream")
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            for number in range(EVENTS):
                self.chunk(b"data: %d\n\n" % number)
                time.sleep(PAUSE)
            self.chunk(b"data: [DONE]\n\n")
            self.wfile.write(b"0\r\n\r\n")
        else:
            time.sleep(EVENTS * PAUSE)
            self.answer(b"whole")

    def chunk(self, data):
        self.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))
        self.wfile.flush()

    def answer(self, body):
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class Http(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256

    def handle_error(self, request, client_address):
        """A client that has gone; what became of its request is counted where it was sent."""


class Node:
    """A server, and the agent before it."""

    def __init__(self, command, folder, name, door):
        self.server = Http(("127.0.0.1", 0), Server)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.agent = Agent(command, os.path.join(folder, name), name, self.server.server_address[1], door)

    def close(self):
        self.agent.close()
        self.server.shutdown()
        self.server.server_close()


class Router:
    def __init__(self, folder, name, text, argv):
        self.log = os.path.join(folder, name + ".log")
        path = os.path.join(folder, name + ".conf")
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen([*argv, path], stdout=log, stderr=subprocess.STDOUT)

    def close(self):
        self.process.terminate()
        self.process.wait(20)


def nginx(folder, port, gates, balance="", retry=""):
    servers = "\n".join(f"server 127.0.0.1:{gate};" for gate in gates)
    return Router(folder, "nginx", f"""daemon off; pid {folder}/nginx.pid; error_log {folder}/nginx-error.log; worker_processes 1;
events {{ worker_connections 4096; }}
http {{
  access_log off;
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
  upstream gates {{ {balance} {servers} }}
  server {{ listen 127.0.0.1:{port}; location / {{ proxy_pass http://gates; proxy_buffering off; {retry} }} }}
}}
""", ["nginx", "-e", f"{folder}/nginx-error.log", "-c"])


def haproxy(folder, port, gates, balance="roundrobin", lines="", check=""):
    servers = "\n".join(f"  server gate{at} 127.0.0.1:{gate} {check}" for at, gate in enumerate(gates))
    return Router(folder, "haproxy", f"""global
  maxconn 4096
defaults
  mode http
  timeout connect 5s
  timeout client 60s
  timeout server 60s
frontend clients
  bind 127.0.0.1:{port}
  default_backend gates
backend gates
  balance {balance}
{lines}
{servers}
""", ["haproxy", "-db", "-f"])


RETRY = "  retry-on 503 conn-failure\n  retries 3\n  option redispatch 1"
NOW = ', door: { at: now, closed: answer }'
ROWS = [
    # name, program, starts it, door, whether no request may fail
    ("nginx, defaults", "nginx", nginx, "", True),
    ("nginx, least_conn", "nginx", lambda *to: nginx(*to, balance="least_conn;"), "", True),
    ("nginx, defaults; a door that is closed at once and answers", "nginx", nginx, NOW, False),
    ("nginx, least_conn; a door that is closed at once and answers", "nginx", lambda *to: nginx(*to, balance="least_conn;"), NOW,
     False),
    ("haproxy, defaults", "haproxy", haproxy, "", False),
    ("haproxy, `option httpchk GET /health` and `check inter 1s`", "haproxy",
     lambda *to: haproxy(*to, lines="  option httpchk GET /health", check="check inter 1s fall 2"), "", True),
    ("haproxy, `retry-on 503 conn-failure`, `option redispatch 1`", "haproxy", lambda *to: haproxy(*to, lines=RETRY), "", True),
]


class Clients:
    def __init__(self, port):
        self.port = port
        self.seen = collections.Counter()
        self.over = threading.Event()
        self.threads = [threading.Thread(target=self.go, args=(at < STREAMING,), daemon=True) for at in range(STREAMING + PLAIN)]
        for thread in self.threads:
            thread.start()

    def go(self, stream):
        while not self.over.is_set():
            self.seen[self.ask(stream)] += 1

    def ask(self, stream):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request("POST", "/v1/completions", BODY % (b"true" if stream else b"false"))
            answer = connection.getresponse()
            body = answer.read()
            if answer.status != 200:
                return f"status {answer.status}"
            return "whole" if body.endswith(b"data: [DONE]\n\n" if stream else b"whole") else "cut short"
        except (OSError, http.client.HTTPException) as error:
            return type(error).__name__
        finally:
            connection.close()

    def finish(self):
        self.over.set()
        until = time.monotonic() + 70
        for thread in self.threads:
            thread.join(max(0, until - time.monotonic()))
        self.seen.update("hangs" for thread in self.threads if thread.is_alive())
        return self.seen


def is_listened_on(port):
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
        return True
    except OSError:
        return False


def run(command, folder, start, door):
    nodes = [Node(command, folder, name, door) for name in ("first", "second")]
    router = None
    try:
        for node in nodes:
            node.agent.await_open()
        port = free_port()
        router = start(folder, port, [node.agent.gate for node in nodes])
        wait_for("the router listens; its log is " + router.log, lambda: is_listened_on(port), 20)
        clients = Clients(port)
        wait_for("enough requests are answered", lambda: clients.seen["whole"] >= WARM_REQUESTS, 120)
        before = sum(clients.seen.values()) - clients.seen["whole"]
        nodes[0].agent.reclaim(WINDOW)
        record = nodes[0].agent.record()
        time.sleep(1)
        nodes[0].close()
        time.sleep(2)
        return clients.finish(), before, record
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
    options = parser.parse_args()
    os.makedirs(options.directory, exist_ok=True)
    broken, rows = [], []
    print("| router | requests | failed at clients | let in after the notice | refused |\n|---|---|---|---|---|")
    for name, program, start, door, none_may_fail in ROWS[:1] if options.short else ROWS:
        if not shutil.which(program):
            print(f"| {name} | {program} is not installed | | | |")
            continue
        folder = tempfile.mkdtemp(prefix="routers", dir=os.path.abspath(options.directory))
        seen, before, record = run(options.agent, folder, start, door)
        failed = sum(seen.values()) - seen["whole"]
        rows.append({"router": name, "seen": dict(seen), "record": record})
        how = ", ".join(f"{count} x {end}" for end, count in sorted(seen.items()) if end != "whole")
        print(f"| {name} | {sum(seen.values())} | {failed}{f' ({how})' if how else ''} | {record.get('late', {}).get('admitted')} | "
              f"{record.get('refused')} |", flush=True)
        broken += [f"{name}: {how}"] if failed and (none_may_fail or before) else []
        broken += [f"{name}: {record['lost']} lost by the record"] if record.get("lost") else []
        broken += [f"{name}: {record['late']} of those let in late"] if record.get("late", {}).get("cut") else []
    print(json.dumps({"rows": rows, "broken": broken}))
    sys.exit(1 if broken else 0)


if __name__ == "__main__":
    main()
