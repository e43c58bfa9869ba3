# SPDX-License-Identifier: Apache-2.0
"""What becomes of the node and of its pods at a notice, also where the cluster is not as it should be."""
import time

from agents import INTERRUPTED, PROTECTED
from checks import check, seconds_until, until
from control_plane import NODE
from node import free_port

BINDING = "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings/lastcall"
LATE = 15
"""Seconds within which marks must be there once the API server answers; a window may be as short as 30."""


def with_accelerator(cluster, name, **more):
    """A pod that ends by itself when it is idle, so that it is evicted at the notice. On its port is no server."""
    return cluster.pod("default", name, limits={"nvidia.com/gpu": "1"},
                       annotations={"lastcall.dev/hold": "true", "lastcall.dev/port": str(free_port())}, **more)


def is_followed(agent, name):
    return until(lambda: any(server["name"] == f"default/{name}" for server in agent.status().get("servers", [])), 15)


def refused(cluster, since=0):
    return [f"{c['verb']} {c['requestURI']}: {c['responseStatus'].get('code')}" for c in cluster.asked()[since:]
            if c["responseStatus"].get("code") == 403]


def apart(node):
    """The node but for the condition of the marks, which is False after a withdrawal, and for what says that it is protected."""
    return {**node, "conditions": {k: v for k, v in node["conditions"].items() if k not in (INTERRUPTED, PROTECTED)}}


def withdrawn(agent, name):
    """After each part the node is as it was, for the next one."""
    agent.withdraw()
    return check(f"{name}: after the withdrawal the node has no mark", until(agent.is_unmarked), str(agent.cluster.node()))


def notice(cluster, agent):
    gpu, plain = with_accelerator(cluster, "gpu"), cluster.pod("default", "plain")
    check("notice: the pod with an accelerator is followed", is_followed(agent, "gpu"), str(agent.status().get("servers")))
    before = cluster.node()
    agent.reclaim(60)
    until(agent.is_marked)
    for mark in ("condition", "taint", "cordon", "annotation"):
        check(f"notice: the node has its {mark}", mark in agent.marks(), str(cluster.node()))
    check("notice: the pod with an accelerator is gone", until(lambda: cluster.api("GET", gpu)[0] == 404))
    check("notice: the pod without one is there", cluster.api("GET", plain)[0] == 200)

    def reasons():
        events = cluster.api("GET", f"/api/v1/events?fieldSelector=involvedObject.name={NODE}")[1].get("items", [])
        return {e["reason"] for e in events if "astcall" in str(e.get("source", {})) + str(e.get("reportingComponent", ""))}
    check("notice: an event of the node says it", until(reasons), str(reasons()))
    withdrawn(agent, "notice")
    check("notice: the node is as it was", until(lambda: apart(cluster.node()) == apart(before)), f"{before} became {cluster.node()}")
    check("notice: an event says that the node stays", until(lambda: "LastcallWithdrawn" in reasons()), str(reasons()))
    check("notice: no call of the agent was refused for want of a right", not refused(cluster), str(refused(cluster)))


def budget(cluster, agent):
    """A disruption budget that refuses has a quarter of what is left: 10 of 40 s."""
    pod = with_accelerator(cluster, "budgeted", labels={"app": "budgeted"})
    cluster.api("POST", "/apis/policy/v1/namespaces/default/poddisruptionbudgets", {
        "metadata": {"name": "budgeted"}, "spec": {"minAvailable": 1, "selector": {"matchLabels": {"app": "budgeted"}}}})

    def is_counted():
        status = cluster.api("GET", "/apis/policy/v1/namespaces/default/poddisruptionbudgets/budgeted")[1].get("status", {})
        return status.get("currentHealthy") == 1 and status.get("disruptionsAllowed") == 0
    check("budget: it allows no disruption", until(is_counted))
    is_followed(agent, "budgeted")
    since = len(cluster.asked())
    agent.reclaim(40)
    took = seconds_until(lambda: cluster.api("GET", pod)[0] == 404)
    calls = [(c["verb"], c["objectRef"].get("subresource", ""), c["responseStatus"].get("code"), c["requestReceivedTimestamp"])
             for c in cluster.asked()[since:] if c.get("objectRef", {}).get("name") == "budgeted"]
    evictions = [c for c in calls if c[1] == "eviction"]
    deletions = [c for c in calls if c[0] == "delete"]
    check("budget: the eviction is tried again and again, and refused", len(evictions) > 3 and {c[2] for c in evictions} == {429}, str(calls))
    check("budget: the pod is deleted once, with the agent's own right", [c[2] for c in deletions] == [200], str(calls))
    check("budget: that is after a quarter of the window", 7 < took < 14, f"after {took:.1f} s: {calls}")
    cluster.api("DELETE", "/apis/policy/v1/namespaces/default/poddisruptionbudgets/budgeted")
    withdrawn(agent, "budget")


def new_object(cluster, agent):
    """A cloud's controller deletes the node's object while the notice stands, and the kubelet registers it again."""
    agent.reclaim(90)
    check("new object: the node is marked", until(agent.is_marked), str(cluster.node()))
    cluster.api("DELETE", f"/api/v1/nodes/{NODE}")
    cluster.register(NODE)
    check("new object: it has no mark at first", not agent.marks(), str(cluster.node()))
    took = seconds_until(agent.is_marked)
    check(f"new object: it has each mark within {LATE} s", took < LATE, f"{took:.1f} s: {cluster.node()}")
    withdrawn(agent, "new object")


def restart(cluster, agent):
    """The API server dies before the notice and again before the withdrawal, and comes back each time."""
    for what, happens, holds in (("marks are made", lambda: agent.reclaim(120), agent.is_marked),
                                 ("marks are taken back", agent.withdraw, agent.is_unmarked)):
        cluster.kill_api_server()
        happens()
        time.sleep(3)
        cluster.start_api_server()
        cluster.await_ready()
        took = seconds_until(holds, 60)
        check(f"restart: {what} within {LATE} s after the API server is ready", took < LATE, f"{took:.1f} s: {cluster.node()}")
    pod = with_accelerator(cluster, "after-restart")
    check("restart: pods are followed again", is_followed(agent, "after-restart"), str(agent.status().get("servers")))
    cluster.api("DELETE", pod)


def roles_late(cluster, agent):
    """As an API server that has not read its roles yet: each call is refused with 403 for the first 8 s of the notice."""
    body = cluster.api("GET", BINDING)[1]
    since = len(cluster.asked())
    cluster.api("DELETE", BINDING)
    until(lambda: cluster.api("GET", f"/api/v1/nodes/{NODE}", token=agent.token)[0] == 403)
    agent.reclaim(120)
    time.sleep(8)
    check("roles late: the agent was refused", refused(cluster, since), "by no call")
    check("roles late: the node has no mark yet", not agent.marks(), str(cluster.node()))
    cluster.api("POST", BINDING.rpartition("/")[0], {"metadata": {"name": "lastcall", "labels": body["metadata"]["labels"]},
                                                     "roleRef": body["roleRef"], "subjects": body["subjects"]})
    took = seconds_until(agent.is_marked, 60)
    check("roles late: it has each mark within 6 s after they are there", took < 6, f"{took:.1f} s: {cluster.node()}")
    withdrawn(agent, "roles late")
