# SPDX-License-Identifier: Apache-2.0
"""What the agent's token may do, what it may not, and who says so. And the signals of a node, which need a right of their own."""
from agents import INTERRUPTED
from checks import check, until
from control_plane import MERGE, NODE, OTHER, STRATEGIC

ROLE = "/apis/rbac.authorization.k8s.io/v1/clusterroles/lastcall"
REVIEWS = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"
SIGNALS = {"label": "example.com/going", "taint": "example.com/leaving", "condition": "Leaving"}


def policy(cluster, agent):
    change = {"metadata": {"annotations": {"proof": "1"}}}

    def ask(method, path, body=None):
        code, answer = cluster.api(method, path, body, MERGE if body else "application/json", token=agent.token)
        return code, answer.get("message", "")
    def is_refused():
        return ask("PATCH", f"/api/v1/nodes/{OTHER}", change)[0] in (403, 422)
    check("policy: a change of another node is refused", until(is_refused), "it was accepted for 30 s")
    code, why = ask("PATCH", f"/api/v1/nodes/{OTHER}", change)
    check("policy: the refusal names both nodes", NODE in why and OTHER in why, f"{code} {why}")
    code, why = ask("PATCH", f"/api/v1/nodes/{NODE}", change)
    check("policy: a change of the own node is accepted", code == 200, f"{code} {why}")
    code, why = ask("PATCH", f"/api/v1/nodes/{NODE}", {"metadata": {"annotations": {"proof": None}}})
    far, near = cluster.pod("default", "far", node=OTHER), cluster.pod("default", "near")
    status = {"status": {"conditions": [{"type": "lastcall.dev/open", "status": "False"}]}}
    for path, what, good in ((far, "another node's pod", (403, 422)), (near, "an own pod", (200, 202))):
        word = "refused" if 403 in good else "accepted"
        code, why = ask("PATCH", path + "/status", status)
        check(f"policy: a change of the status of {what} is {word}", code in good, f"{code} {why}")
        code, why = ask("DELETE", path)
        check(f"policy: the deletion of {what} is {word}", code in good, f"{code} {why}")
    code, why = ask("GET", "/api/v1/secrets")
    check("policy: secrets cannot be read", code == 403, f"{code} {why}")


def doctor(cluster, agent):
    said = agent.say("config", "check", agent.file)
    check("doctor: config check accepts the configuration", said.returncode == 0, said.stdout + said.stderr)

    def cluster_lines():
        said = agent.say("doctor", "--config", agent.file)
        return said.returncode, [line for line in said.stdout.splitlines() if "cluster" in line]
    code, lines = cluster_lines()
    check("doctor: no right is missing", lines and all(line.startswith("ok") for line in lines), f"{code} {lines}")
    rules = cluster.api("GET", ROLE)[1]["rules"]
    cluster.api("PATCH", ROLE, {"rules": [rule for rule in rules if rule["resources"] != ["pods/eviction"]]}, MERGE)

    def may_evict():
        asked = {"spec": {"resourceAttributes": {"verb": "create", "resource": "pods", "subresource": "eviction"}}}
        return cluster.api("POST", REVIEWS, asked, token=agent.token)[1]["status"]["allowed"]
    until(lambda: not may_evict())
    code, lines = cluster_lines()
    check("doctor: it names the right that was taken away", code == 1 and any(
        line.startswith("fail") and "pods/eviction" in line for line in lines), f"{code} {lines}")
    cluster.api("PATCH", ROLE, {"rules": rules}, MERGE)
    until(may_evict)


def node_signals(cluster, agent, checkout):
    """Another client writes on the node's object; first without the component's right to follow it, then with it."""
    def leaving(status):
        body = {"status": {"conditions": [{"type": SIGNALS["condition"], "status": status}]}}
        cluster.api("PATCH", f"/api/v1/nodes/{NODE}/status", body, STRATEGIC)
    label, taint = SIGNALS["label"], SIGNALS["taint"]
    kinds = {
        "label": (lambda: cluster.kubectl("label", "node", NODE, f"{label}=true"), lambda: cluster.kubectl("label", "node", NODE, f"{label}-")),
        "taint": (lambda: cluster.kubectl("taint", "node", NODE, f"{taint}:NoSchedule"), lambda: cluster.kubectl("taint", "node", NODE, f"{taint}-")),
        "condition": (lambda: leaving("True"), lambda: leaving("False")),
    }
    agent.configure(nodeSignals={"rules": [{kind: name} for kind, name in SIGNALS.items()]})
    agent.run(protected="False")

    def conditions():
        return {(c["code"], c["subject"]) for c in agent.status().get("conditions", [])}
    check("node signals: without the right, status says that it is missing", until(
        lambda: any(name == "forbidden" and "nodes" in subject for name, subject in conditions())), str(agent.status().get("conditions")))
    check("node signals: without the right, the source is blind", until(lambda: ("source-blind", "node-signals") in conditions(), 60),
          str(agent.status().get("conditions")))
    said = cluster.kubectl("apply", "--warnings-as-errors", "-f", checkout / "k8s/node-signals/rbac.yaml")
    check("node signals: the right is given", said.returncode == 0, said.stderr)
    check("node signals: the conditions end without a restart", until(
        lambda: not {name for name, _ in conditions()} & {"forbidden", "source-blind"}, 60), str(agent.status().get("conditions")))
    for kind, (comes, goes) in kinds.items():
        before = cluster.node()
        comes()
        check(f"node signals: a {kind} of another client is a notice", until(
            lambda: cluster.node()["conditions"].get(INTERRUPTED) == "True" and agent.is_marked(), 15), str(cluster.node()))
        goes()
        check(f"node signals: without the {kind} it is withdrawn", until(agent.is_unmarked), str(cluster.node()))
        check(f"node signals: the {kind} was the other client's, and nothing else of the node has changed",
              cluster.node()["labels"] == before["labels"] and cluster.node()["spec"] == before["spec"], f"{before} became {cluster.node()}")
    agent.end()
