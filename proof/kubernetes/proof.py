# SPDX-License-Identifier: Apache-2.0
"""Runs the parts of the proof against one control plane; see ../cluster."""
import argparse
import signal
import sys
import tempfile
from pathlib import Path

import manifests
import notices
import rights
from agents import Agent
from checks import results
from control_plane import Cluster

PARTS = ("security", "notice", "budget", "new-object", "restart", "roles-late", "policy", "doctor", "signals", "chart")
WITH_AGENT = {"notice": notices.notice, "budget": notices.budget, "new-object": notices.new_object, "restart": notices.restart,
              "roles-late": notices.roles_late, "policy": rights.policy, "doctor": rights.doctor}


def run(cluster, options, parts):
    checkout = Path(__file__).resolve().parents[2]
    agent = Agent(cluster, options.agent)
    said = agent.say("version", bound=1200)  # the first time the checkout is built
    if said.returncode != 0:
        raise SystemExit(f"proof: the agent does not run: {said.stdout}{said.stderr}")
    cluster.up()
    manifests.manifests(cluster, checkout)
    agent.take_account(manifests.bind_agent(cluster))
    if "security" in parts:
        manifests.pod_security(cluster)
    if set(parts) & set(WITH_AGENT):
        agent.configure()
        agent.run()
        for part in parts:
            if part in WITH_AGENT:
                WITH_AGENT[part](cluster, agent)
        agent.end()
    if "signals" in parts:
        rights.node_signals(cluster, agent, checkout)
    if "chart" in parts:
        manifests.chart(cluster, checkout, options.helm)


def main():
    asked = argparse.ArgumentParser()
    for option in ("--agent", "--programs", "--helm", "--directory"):
        asked.add_argument(option, required=True)
    asked.add_argument("--only", nargs="+", choices=PARTS, default=PARTS)
    options = asked.parse_args()
    Path(options.directory).mkdir(parents=True, exist_ok=True)
    cluster = Cluster(Path(tempfile.mkdtemp(dir=options.directory)), Path(options.programs))
    print(f"proof: the run's folder is {cluster.folder}", file=sys.stderr)
    for ending in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(ending, lambda number, _: sys.exit(128 + number))
    try:
        run(cluster, options, [part for part in PARTS if part in options.only])
    finally:
        cluster.close()
    print(f"{sum(results)} of {len(results)} checks are good")
    sys.exit(0 if all(results) else 1)


if __name__ == "__main__":
    main()
