# SPDX-License-Identifier: Apache-2.0
"""A control plane on loopback, and what a kubelet would do of two nodes: keep them alive, and end the pods that are to go."""
import json
import ssl
import subprocess
import threading
import time
import urllib.error
import urllib.request

from checks import until
from node import free_port

NODE, OTHER = "node-a", "node-b"
MERGE = "application/merge-patch+json"
STRATEGIC = "application/strategic-merge-patch+json"
ADMIN = "proof-administrator"
AUDIT_POLICY = {  # all that the agent asks
    "apiVersion": "audit.k8s.io/v1", "kind": "Policy", "omitStages": ["RequestReceived"],
    "rules": [{"level": "Metadata", "userGroups": ["system:serviceaccounts:lastcall"]}, {"level": "None"}]}


class Cluster:
    """Everything of it lies in `folder`. All that it starts ends with `close`."""

    def __init__(self, folder, programs):
        self.folder, self.programs = folder, programs
        self.port, self.etcd_port, self.peer_port, self.manager_port = (free_port() for _ in range(4))
        self.url = f"https://127.0.0.1:{self.port}"
        self.running, self.closed = [], threading.Event()
        self.api_server = None

    def start(self, name, *command, env=None):
        with open(self.folder / f"{name}.log", "ab") as log:
            process = subprocess.Popen([str(word) for word in command], stdout=log, stderr=log, stdin=subprocess.DEVNULL, env=env)
        self.running.append(process)
        return process

    def end(self, process, bound=20):
        process.terminate()
        try:
            process.wait(bound)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def close(self):
        self.closed.set()
        for process in reversed(self.running):
            self.end(process)

    def up(self):
        f, etcd, peer = self.folder, f"http://127.0.0.1:{self.etcd_port}", f"http://127.0.0.1:{self.peer_port}"
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=proof", "-addext",
                        "subjectAltName=IP:127.0.0.1", "-keyout", f / "server.key", "-out", f / "ca.crt"],
                       check=True, capture_output=True)
        self.tls = ssl.create_default_context(cafile=f / "ca.crt")
        (f / "tokens.csv").write_text(f"{ADMIN},admin,admin,system:masters\n")
        (f / "audit.yaml").write_text(json.dumps(AUDIT_POLICY))
        (f / "admin.kubeconfig").write_text(json.dumps({
            "apiVersion": "v1", "kind": "Config", "current-context": "c",
            "clusters": [{"name": "c", "cluster": {"server": self.url, "certificate-authority": str(f / "ca.crt")}}],
            "users": [{"name": "u", "user": {"token": ADMIN}}],
            "contexts": [{"name": "c", "context": {"cluster": "c", "user": "u"}}]}))
        self.start("etcd", "etcd", f"--data-dir={f / 'etcd'}", f"--listen-client-urls={etcd}", f"--advertise-client-urls={etcd}",
                   f"--listen-peer-urls={peer}", f"--initial-advertise-peer-urls={peer}", f"--initial-cluster=default={peer}")
        self.start_api_server()
        self.await_ready()
        self.start("kube-controller-manager", self.programs / "kube-controller-manager", f"--kubeconfig={f}/admin.kubeconfig",
                   f"--service-account-private-key-file={f}/server.key", f"--root-ca-file={f}/ca.crt", "--leader-elect=false",
                   "--bind-address=127.0.0.1", f"--secure-port={self.manager_port}", f"--cert-dir={f}")
        if not until(lambda: self.api("GET", "/api/v1/namespaces/default/serviceaccounts/default")[0] == 200, 60):
            raise SystemExit(f"proof: the controller manager does nothing: {f}/kube-controller-manager.log")
        for node in (NODE, OTHER):
            self.register(node)
        threading.Thread(target=self.kubelet, daemon=True).start()

    def start_api_server(self):
        f = self.folder
        key = f / "server.key"
        self.api_server = self.start(
            "kube-apiserver", self.programs / "kube-apiserver", f"--etcd-servers=http://127.0.0.1:{self.etcd_port}",
            "--bind-address=127.0.0.1", f"--secure-port={self.port}", f"--tls-cert-file={f}/ca.crt", f"--tls-private-key-file={key}",
            f"--token-auth-file={f}/tokens.csv", "--authorization-mode=RBAC", "--endpoint-reconciler-type=none",
            f"--service-account-issuer={self.url}", f"--service-account-key-file={key}", f"--cert-dir={f}",
            f"--service-account-signing-key-file={key}", "--service-cluster-ip-range=10.96.0.0/24",
            f"--audit-policy-file={f}/audit.yaml", f"--audit-log-path={f}/audit.log")

    def await_ready(self):
        if not until(lambda: self.api("GET", "/readyz")[0] == 200, 120):
            raise SystemExit(f"proof: the API server did not become ready: {self.folder}/kube-apiserver.log")

    def kill_api_server(self):
        """As a crash of its machine: it says goodbye to no client."""
        self.api_server.kill()
        self.api_server.wait()

    def api(self, method, path, body=None, kind="application/json", token=ADMIN):
        """The status, or 0 where there is no answer, and the answer."""
        data = None if body is None else json.dumps(body).encode()
        headers = {"Authorization": f"Bearer {token}", "Content-Type": kind}
        request = urllib.request.Request(self.url + path, data, headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=10, context=self.tls) as answer:
                code, text = answer.status, answer.read().decode()
        except urllib.error.HTTPError as refused:
            code, text = refused.code, refused.read().decode()
        except OSError as unreachable:
            return 0, {"message": str(unreachable)}
        try:
            return code, json.loads(text)
        except ValueError:
            return code, {"message": text}

    def kubectl(self, *words, text=None):
        return subprocess.run([self.programs / "kubectl", f"--kubeconfig={self.folder}/admin.kubeconfig", *map(str, words)],
                              input=text, capture_output=True, text=True, timeout=120, check=False)

    def asked(self):
        """All that the agent has asked so far, of the API server's own audit log: verb, resource, status, and the rest."""
        with open(self.folder / "audit.log", encoding="utf-8") as lines:
            calls = [json.loads(line) for line in lines if line.endswith("}\n")]
        return [call for call in calls if not call.get("userAgent", "").startswith("Python-urllib")]

    def register(self, name):
        self.api("POST", "/api/v1/nodes", {"metadata": {"name": name, "labels": {"kubernetes.io/os": "linux"}}})
        self.beat(name)

    def beat(self, name):
        now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        ready = {"type": "Ready", "status": "True", "reason": "Proof", "lastHeartbeatTime": now}
        self.api("PATCH", f"/api/v1/nodes/{name}/status", {"status": {"conditions": [ready]}}, STRATEGIC)

    def kubelet(self):
        beaten = time.monotonic()
        while not self.closed.wait(0.3):
            if time.monotonic() - beaten > 10:
                for name in (NODE, OTHER):
                    self.beat(name)
                beaten = time.monotonic()
            for pod in self.api("GET", f"/api/v1/pods?fieldSelector=spec.nodeName={NODE}")[1].get("items", []):
                meta = pod["metadata"]
                if "deletionTimestamp" in meta:
                    self.api("DELETE", f"/api/v1/namespaces/{meta['namespace']}/pods/{meta['name']}",
                             {"gracePeriodSeconds": 0, "preconditions": {"uid": meta["uid"]}})

    def node(self, name=NODE):
        """What of a node an agent could change; empty where there is none."""
        code, it = self.api("GET", f"/api/v1/nodes/{name}")
        if code != 200:
            return {"spec": {}, "annotations": {}, "labels": {}, "conditions": {}}
        conditions = {c["type"]: c["status"] for c in it.get("status", {}).get("conditions", [])}
        return {"spec": it.get("spec", {}), "annotations": it["metadata"].get("annotations", {}),
                "labels": it["metadata"].get("labels", {}), "conditions": conditions}

    def pod(self, namespace, name, node=NODE, **meta_and_limits):
        """A pod that runs on the node, ready; the path of it."""
        limits = meta_and_limits.pop("limits", {})
        container = {"name": "main", "image": "none", "resources": {"limits": limits}}
        code, answer = self.api("POST", f"/api/v1/namespaces/{namespace}/pods", {
            "metadata": {"name": name, **meta_and_limits}, "spec": {"nodeName": node, "containers": [container]}})
        if code != 201:
            raise SystemExit(f"proof: pod {name} was not made: {answer.get('message')}")
        path = f"/api/v1/namespaces/{namespace}/pods/{name}"
        ready = [{"type": "Ready", "status": "True"}]
        self.api("PATCH", path + "/status", {"status": {"phase": "Running", "podIP": "127.0.0.1", "conditions": ready}}, MERGE)
        return path
