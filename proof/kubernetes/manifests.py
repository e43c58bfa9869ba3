# SPDX-License-Identifier: Apache-2.0
"""What k8s/ and the chart hold, applied to the API server: accepted, and without a warning. And Pod Security admission."""
import json
import os
import shutil
import subprocess

from checks import check, until
from control_plane import NODE

DIRECTORIES = {  # what is applied by itself, and the components as an overlay takes them
    "overlays/aks": None, "overlays/eks": None, "overlays/gke": None, "overlays/k3s": None, "base": None,
    "node-signals": "component", "own-node-policy": "component",
}
PODS = "/api/v1/namespaces/{}/pods?labelSelector=app.kubernetes.io/name={}"


def is_clean(said):
    return said.returncode == 0 and "arning" not in said.stderr


def manifests(cluster, checkout):
    """Leaves the base with own-node-policy, and no right of a component."""
    said = cluster.kubectl("apply", "--warnings-as-errors", "-f", checkout / "k8s/daemonset.yaml")
    check("k8s/daemonset.yaml is accepted, without a warning", is_clean(said), said.stderr.strip())
    shutil.copytree(checkout / "k8s", cluster.folder / "k8s")
    for name, kind in DIRECTORIES.items():
        folder = cluster.folder / "k8s" / name
        if kind:
            folder = cluster.folder / "k8s/overlays" / f"proof-{name}"
            folder.mkdir()
            (folder / "kustomization.yaml").write_text(f"resources: [../../base]\ncomponents: [../../{name}]\n")
        said = cluster.kubectl("apply", "--server-side", "--warnings-as-errors", "--force-conflicts", "-k", folder)
        check(f"k8s/{name} is accepted, without a warning", is_clean(said), said.stderr.strip())
    said = cluster.kubectl("apply", "--warnings-as-errors", "-f", checkout / "k8s/examples/vllm.yaml")
    check("k8s/examples/vllm.yaml is accepted, without a warning", is_clean(said), said.stderr.strip())
    cluster.kubectl("delete", "-f", checkout / "k8s/node-signals/rbac.yaml")


def bind_agent(cluster):
    """What the scheduler does with the pod that the DaemonSet has made for the node; the pod's name."""
    def current():
        code, it = cluster.api("GET", "/apis/apps/v1/namespaces/lastcall/daemonsets/lastcall")
        status = it.get("status", {})
        if code != 200 or status.get("observedGeneration") != it["metadata"]["generation"]:
            return None
        pods = cluster.api("GET", PODS.format("lastcall", "lastcall"))[1].get("items", [])
        pods = [pod for pod in pods if pod["metadata"]["labels"].get("pod-template-generation") == str(it["metadata"]["generation"])]
        return next((pod["metadata"]["name"] for pod in pods if f'"{NODE}"' in json.dumps(pod["spec"].get("affinity", {}))), None)
    name = until(current, 60)
    if not check("the DaemonSet has a pod for the node", name, str(cluster.api("GET", PODS.format("lastcall", "lastcall")))):
        raise SystemExit("proof: there is no pod whose token the agent could have")
    code, answer = cluster.api("POST", f"/api/v1/namespaces/lastcall/pods/{name}/binding", {
        "metadata": {"name": name}, "target": {"kind": "Node", "name": NODE}})
    check("it is bound to the node", code == 201, str(answer))
    return name


def pod_security(cluster):
    """That the namespace of the agents has to allow all, what a pod with a gate needs, and that a readiness gate needs nothing."""
    daemon = copied(cluster, "lastcall", "daemonset", "lastcall")
    server = copied(cluster, "default", "deployment", "vllm")
    gateless = json.loads(json.dumps(server))
    spec = gateless["spec"]["template"]["spec"]
    gateless["metadata"]["name"] = "gateless"
    del spec["initContainers"]
    spec["volumes"] = [volume for volume in spec["volumes"] if "hostPath" not in volume]
    spec["containers"][0].pop("lifecycle")
    spec["containers"][0]["volumeMounts"] = [{"name": "shm", "mountPath": "/dev/shm"}]
    spec["containers"][0]["securityContext"] = {
        "runAsNonRoot": True, "runAsUser": 65532, "allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]},
        "seccompProfile": {"type": "RuntimeDefault"}}
    for level in ("baseline", "restricted"):
        space = f"proof-{level}"
        label = {"pod-security.kubernetes.io/enforce": level}
        cluster.api("POST", "/api/v1/namespaces", {"metadata": {"name": space, "labels": label}})
        cluster.api("POST", f"/api/v1/namespaces/{space}/serviceaccounts", {"metadata": {"name": "lastcall"}})
        for what, body, words in (("the DaemonSet", daemon, ("hostNetwork=true", "hostPath")), ("a pod with a gate", server, ("hostPath",))):
            said = cluster.kubectl("create", "-n", space, "-f", "-", text=json.dumps(body))
            check(f"namespace of {level}: {what} is warned of", f'would violate PodSecurity "{level}:latest"' in said.stderr
                  and all(word in said.stderr for word in words), said.stderr.strip() or said.stdout.strip())
        def refusals(space=space):
            events = cluster.api("GET", f"/api/v1/namespaces/{space}/events")[1].get("items", [])
            return {e["involvedObject"]["kind"] for e in events if "violates PodSecurity" in e.get("message", "")}
        check(f"namespace of {level}: the pods of both are refused", until(lambda: refusals() == {"DaemonSet", "ReplicaSet"}), str(refusals()))
        said = cluster.kubectl("create", "-n", space, "-f", "-", text=json.dumps(gateless))
        check(f"namespace of {level}: a pod with the readiness gate alone is accepted, without a warning",
              is_clean(said) and until(lambda: has_pods(cluster, space)), said.stderr.strip())
        cluster.api("DELETE", f"/api/v1/namespaces/{space}")


def has_pods(cluster, space):
    return bool(cluster.api("GET", PODS.format(space, "vllm"))[1].get("items"))


def copied(cluster, space, kind, name):
    body = json.loads(cluster.kubectl("get", kind, name, "-n", space, "-o", "json").stdout)
    return {"apiVersion": body["apiVersion"], "kind": body["kind"], "spec": body["spec"],
            "metadata": {"name": name, "labels": body["metadata"]["labels"]}}


def chart(cluster, checkout, helm):
    """Each values file of the chart's tests, by Helm itself. Without the Prometheus Operator's API, which is not there."""
    home = {**os.environ, "HELM_CONFIG_HOME": str(cluster.folder / "helm"), "HELM_CACHE_HOME": str(cluster.folder / "helm"),
            "HELM_DATA_HOME": str(cluster.folder / "helm"), "KUBECONFIG": str(cluster.folder / "admin.kubeconfig")}

    def run(*words):
        return subprocess.run([helm, *map(str, words)], env=home, capture_output=True, text=True, timeout=120, check=False)
    folder = checkout / "packaging/helm/lastcall"
    cluster.kubectl("delete", "clusterrole,clusterrolebinding", "lastcall")
    cluster.kubectl("delete", "-f", checkout / "k8s/own-node-policy/policy.yaml")
    for values in sorted((checkout / "packaging/helm/tests").glob("*.yaml")):
        space = f"chart-{values.stem}"
        cluster.api("POST", "/api/v1/namespaces", {"metadata": {"name": space, "labels": {"pod-security.kubernetes.io/enforce": "privileged"}}})
        rendered = run("template", "lastcall", folder, "-n", space, "--kube-version", "1.33.0", "--values", values)
        said = cluster.kubectl("apply", "-n", space, "--server-side", "--force-conflicts", "--warnings-as-errors", "-f", "-", text=rendered.stdout)
        check(f"what the chart gives for {values.name} is accepted, without a warning", rendered.returncode == 0 and is_clean(said),
              (rendered.stderr + said.stderr).strip())
        cluster.kubectl("delete", "-n", space, "--wait=false", "-f", "-", text=rendered.stdout)
    values = checkout / "packaging/helm/tests/everything.yaml"
    for words in (("install", "spot", folder, "-n", "chart-everything", "--values", values),
                  ("upgrade", "spot", folder, "-n", "chart-everything", "--set", "cloud=aws"),
                  ("uninstall", "spot", "-n", "chart-everything")):
        said = run(*words)
        check(f"helm {words[0]} is done, without a warning", is_clean(said), (said.stdout + said.stderr).strip())
    left = cluster.kubectl("get", "clusterrole,clusterrolebinding,validatingadmissionpolicy", "-l",
                           "app.kubernetes.io/instance=spot", "-o", "name")
    check("helm uninstall leaves nothing of the cluster's", left.returncode == 0 and not left.stdout, left.stdout + left.stderr)
