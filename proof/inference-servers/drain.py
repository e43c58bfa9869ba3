# SPDX-License-Identifier: Apache-2.0
"""Drains real inference servers through the gate, under load, and prints a row for each; see ../inference."""
import argparse
import collections
import datetime
import http.client
import json
import os
import pathlib
import shlex
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent
CLIENTS = 8
SECONDS = 2.0
WINDOW = 30
READY_BOUND = 120
RECOGNISED_BOUND = 60
BEGIN = "<!-- the table of drains, written by proof/inference -->\n"
END = "<!-- end of the table of drains -->\n"

Kind = collections.namedtuple("Kind", "command ready path body")


def infer(seconds):
    return {"inputs": [{"name": "seconds", "shape": [1], "datatype": "FP32", "data": [seconds]}]}


# What starts it on given ports, when it is ready, and one request; a right answer has the word done.
KINDS = {
    "litserve": Kind(lambda bin, p: [bin / "python", HERE / "litserve_app.py", p[0]], "/health",
                     "/predict", {"seconds": SECONDS}),
    "bentoml": Kind(lambda bin, p: [bin / "bentoml", "serve", "bentoml_app:Sleeper", "--host", "127.0.0.1",
                                    "--port", p[0], "--working-dir", HERE], "/readyz",
                    "/sleep", {"seconds": SECONDS}),
    "mlserver": Kind(lambda bin, p: [bin / "mlserver", "start", HERE / "mlserver"], "/v2/health/ready",
                     "/v2/models/m/infer", infer(SECONDS)),
    "kserve": Kind(lambda bin, p: [bin / "python", HERE / "kserve_app.py", p[0], p[1]], "/v2/health/ready",
                   "/v1/models/m:predict", {"instances": [SECONDS]}),
}


def free_ports(count):
    """Ports that were free a moment ago."""
    held = [socket.socket() for _ in range(count)]
    for one in held:
        one.bind(("127.0.0.1", 0))
    ports = [one.getsockname()[1] for one in held]
    for one in held:
        one.close()
    return ports


def get(url, bound=2):
    with urllib.request.urlopen(url, timeout=bound) as answer:
        return answer.read().decode()


def wait_for(what, bound, look):
    until = time.monotonic() + bound
    while time.monotonic() < until:
        try:
            found = look()
            if found:
                return found
        except (OSError, ValueError, http.client.HTTPException):
            pass
        time.sleep(0.2)
    raise RuntimeError(f"{what} within {bound} s")


def processes():
    """Each process with its parent and its start, by which a number that is used again is recognised."""
    found = {}
    for folder in pathlib.Path("/proc").glob("[0-9]*"):
        try:
            fields = (folder / "stat").read_text().rsplit(")", 1)[1].split()
            if fields[0] != "Z":
                found[int(folder.name)] = (int(fields[1]), fields[19])
        except (OSError, IndexError):
            pass
    return found


def descendants(main):
    alive, found = processes(), {main}
    while True:
        more = {pid for pid, (parent, _) in alive.items() if parent in found} - found
        if not more:
            return {pid: alive[pid][1] for pid in found if pid in alive}
        found |= more


def still_alive(noted):
    alive = processes()
    return [pid for pid, started in noted.items() if alive.get(pid, (0, ""))[1] == started]


class Load:
    """Clients that ask one after the other, until they are refused or ended."""

    def __init__(self, port, kind):
        self.port, self.kind = port, kind
        self.outcomes = collections.Counter()
        self.in_flight = 0
        self.ended = threading.Event()
        self.lock = threading.Lock()
        self.threads = [threading.Thread(target=self.client, daemon=True) for _ in range(CLIENTS)]
        for thread in self.threads:
            thread.start()

    def client(self):
        while not self.ended.is_set():
            outcome = self.ask()
            with self.lock:
                self.outcomes[outcome] += 1
            if outcome != "complete":
                return

    def ask(self):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        with self.lock:
            self.in_flight += 1
        try:
            connection.request("POST", self.kind.path, json.dumps(self.kind.body), {"Content-Type": "application/json"})
            answer = connection.getresponse()
            text = answer.read().decode(errors="replace")
            if answer.status == 503 and "node_draining" in text:
                return "refused"
            return "complete" if answer.status == 200 and "done" in text else f"lost ({answer.status})"
        except (OSError, http.client.HTTPException) as broken:
            return f"lost ({type(broken).__name__})"
        finally:
            with self.lock:
                self.in_flight -= 1
            connection.close()

    def end(self):
        self.ended.set()
        for thread in self.threads:
            thread.join(60)


def drain(name, venv, agent, folder):
    """One server through its drain; what became of it."""
    kind, bin = KINDS[name], venv / "bin"
    folder.mkdir(parents=True)
    port, beside, gate, api, more = free_ports(5)
    environment = dict(os.environ, BENTOML_DO_NOT_TRACK="1", MLSERVER_HTTP_PORT=str(port), MLSERVER_GRPC_PORT=str(beside),
                       MLSERVER_METRICS_PORT=str(more), MLSERVER_HOST="127.0.0.1", PYTHONDONTWRITEBYTECODE="1")
    noted, load, guard = {}, None, None
    with open(folder / "server.log", "wb") as log, open(folder / "agent.log", "wb") as agent_log:
        server = subprocess.Popen([str(word) for word in kind.command(bin, (port, beside))], stdout=log, stderr=log,
                                  stdin=subprocess.DEVNULL, cwd=folder, env=environment, start_new_session=True)
        try:
            wait_for(f"{name} was not ready", READY_BOUND, lambda: get(f"http://127.0.0.1:{port}{kind.ready}") is not None)
            (folder / "server.pid").write_text(f"{server.pid}\n")
            (folder / "lastcall.yaml").write_text(f"""
cloud: none
stateDirectory: {folder / "state"}
api: {{ listen: "127.0.0.1:{api}", socket: {folder / "agent.sock"} }}
sources: [ {{ name: proof, file: {folder / "notice"}, window: {WINDOW}s, poll: 200ms }} ]
servers:
  - name: {name}
    url: http://127.0.0.1:{port}
    gate: {{ listen: "127.0.0.1:{gate}" }}
    stop: {{ pidFile: {folder / "server.pid"} }}
""")
            plain = {key: value for key, value in os.environ.items() if not key.startswith("LASTCALL_")}
            guard = subprocess.Popen([*agent, "run", "--config", str(folder / "lastcall.yaml")], stdout=agent_log,
                                     stderr=agent_log, stdin=subprocess.DEVNULL, env=plain)
            recognised = wait_for("it was not recognised", RECOGNISED_BOUND,
                                  lambda: next((line for line in (folder / "agent.log").read_text().splitlines()
                                                if "server recognised" in line), None))
            load = Load(gate, kind)
            time.sleep(3 * SECONDS)
            noted = descendants(server.pid)
            shown = json.loads(get(f"http://127.0.0.1:{api}/v1/status"))["servers"][0]["inFlight"]
            in_flight = load.in_flight
            (folder / "notice").write_text("")
            record = wait_for("it was not drained", WINDOW + 10, lambda: json.loads(
                (folder / "state" / "drains.jsonl").read_text().splitlines()[-1]))
            load.end()
            return row(name, recognised, record, load.outcomes, shown, in_flight, still_alive(noted), venv)
        finally:
            for process in (guard, server):
                if process and process.poll() is None:
                    process.terminate()
                    try:
                        process.wait(20)
                    except subprocess.TimeoutExpired:
                        process.kill()
            for pid in still_alive(noted):
                os.kill(pid, signal.SIGKILL)


def row(name, recognised, record, outcomes, shown, in_flight, orphans, venv):
    version = subprocess.run([venv / "bin" / "python", "-c", f"from importlib.metadata import version as v; print(v('{name}'))"],
                             capture_output=True, text=True, check=True).stdout.strip()
    lost = sum(count for outcome, count in outcomes.items() if outcome.startswith("lost"))
    instant = lambda key: datetime.datetime.fromisoformat(record[key].replace("Z", "+00:00"))
    evidence = recognised.split("evidence=", 1)[-1].strip().replace('\\"', "'").strip('"') if "evidence=" in recognised else recognised
    return {
        "server": f"{name} {version}", "recognised": f"{record['kind']}: {evidence}", "counts": f"{shown} of {in_flight}",
        "outcome": record["outcome"], "complete": outcomes["complete"], "refused": outcomes["refused"], "cut": record["cut"],
        "lost": lost, "exit": round((instant("stoppedAt") - instant("stopSentAt")).total_seconds(), 1),
        "killed": record["killed"], "orphans": len(orphans), "problems": record["problems"],
        "good": record["outcome"] == "drained" and lost == 0 and not orphans and record["kind"] == name
                and shown == in_flight,
    }


def table(rows, reasons):
    lines = ["| server | recognised as, by | in flight, shown | drained | complete | lost | SIGTERM to the end | left running | problems |",
             "|---|---|---|---|---|---|---|---|---|"]
    for one in rows:
        lines.append(f"| {one['server']} | {one['recognised']} | {one['counts']} | {one['outcome']} | {one['complete']} | "
                     f"{one['lost']} | {one['exit']} s{', killed' if one['killed'] else ''} | {one['orphans']} | "
                     f"{'; '.join(one['problems']) or '–'} |")
    lines += [f"| {name} | not run: {reason} | | | | | | | |" for name, reason in reasons.items()]
    return "\n".join(lines) + "\n"


def main():
    parser = argparse.ArgumentParser(prog="inference")
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(KINDS))
    parser.add_argument("--agent", required=True)
    parser.add_argument("--directory", required=True, type=pathlib.Path)
    parser.add_argument("--venvs", required=True, type=pathlib.Path)
    parser.add_argument("--write", type=pathlib.Path)
    chosen = parser.parse_args()
    unknown = set(chosen.names) - set(KINDS)
    if unknown:
        parser.error(f"no server is named {', '.join(sorted(unknown))}")
    rows, reasons = [], {}
    for name in chosen.names or KINDS:
        folder = chosen.directory / f"{name}-{int(time.time())}"
        print(f"proof: draining {name} (the logs: {folder})", file=sys.stderr)
        try:
            rows.append(drain(name, chosen.venvs / name, shlex.split(chosen.agent), folder))
        except Exception as failure:  # one that cannot be run is a row, and a failure of the whole
            reasons[name] = str(failure)
    text = table(rows, reasons)
    print(text, end="")
    if chosen.write:
        page = chosen.write.read_text()
        before, rest = page.split(BEGIN, 1)
        after = rest.split(END, 1)[1]
        chosen.write.write_text(before + BEGIN + text + END + after)
    return 0 if rows and not reasons and all(one["good"] for one in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
