# SPDX-License-Identifier: Apache-2.0
"""Starts routers that others wrote, as their users do: `start(folder, port, gates)` listens on `port` and routes to `gates`."""

import http.server
import json
import os
import secrets
import subprocess
import sys
import threading
import urllib.error
import urllib.request

from completions import MODEL
from node import free_port

KEY = "sk-" + secrets.token_hex(24)
"""What the clients send to the router, which may ask for a key; the servers take any."""


class Router:
    """The process of a router; its log and what it is configured with lie in `folder`."""

    def __init__(self, folder, name, argv, environment=None):
        self.folder = folder
        self.log = os.path.join(folder, name + ".log")
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen(argv, stdout=log, stderr=subprocess.STDOUT, cwd=folder,
                                            env={**os.environ, **(environment or {})})

    def has_ended(self):
        return self.process.poll() is not None

    def close(self):
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(20)


def written(folder, name, text):
    path = os.path.join(folder, name)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    return path


def nginx(folder, port, gates, balance="", retry=""):
    servers = "\n".join(f"server 127.0.0.1:{gate};" for gate in gates)
    return Router(folder, "nginx", ["nginx", "-e", f"{folder}/nginx-error.log", "-c", written(folder, "nginx.conf", f"""
daemon off; pid {folder}/nginx.pid; error_log {folder}/nginx-error.log; worker_processes 1;
events {{ worker_connections 4096; }}
http {{
  access_log off;
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
  upstream gates {{ {balance} {servers} }}
  server {{ listen 127.0.0.1:{port}; location / {{ proxy_pass http://gates; proxy_buffering off; {retry} }} }}
}}
""")])


def haproxy(folder, port, gates, balance="roundrobin", lines="", check=""):
    servers = "\n".join(f"  server gate{at} 127.0.0.1:{gate} {check}" for at, gate in enumerate(gates))
    return Router(folder, "haproxy", ["haproxy", "-db", "-f", written(folder, "haproxy.conf", f"""global
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
""")])


def caddy(folder, port, gates, lines=""):
    to = " ".join(f"127.0.0.1:{gate}" for gate in gates)
    path = written(folder, "Caddyfile", f"""{{
  admin off
}}
http://127.0.0.1:{port} {{
  reverse_proxy {to} {{
    {lines}
  }}
}}
""")
    return Router(folder, "caddy", ["caddy", "run", "--config", path, "--adapter", "caddyfile"],
                  {"XDG_DATA_HOME": folder, "XDG_CONFIG_HOME": folder})


def traefik(folder, port, gates, check=None, retry=None):
    service = {"servers": [{"url": f"http://127.0.0.1:{gate}"} for gate in gates]}
    router = {"rule": "PathPrefix(`/`)", "service": "gates", "entryPoints": ["clients"]}
    dynamic = {"http": {"routers": {"all": router}, "services": {"gates": {"loadBalancer": service}}}}
    if check:
        service["healthCheck"] = check
    if retry:
        router["middlewares"] = ["again"]
        dynamic["http"]["middlewares"] = {"again": {"retry": retry}}
    path = written(folder, "dynamic.yaml", json.dumps(dynamic))
    static = written(folder, "traefik.yaml", json.dumps({
        "global": {"checkNewVersion": False, "sendAnonymousUsage": False},
        "entryPoints": {"clients": {"address": f"127.0.0.1:{port}"}},
        "providers": {"file": {"filename": path}}}))
    return Router(folder, "traefik", ["traefik", f"--configFile={static}"])


def envoy(folder, port, gates, retry=None, cluster=None):
    def address(of):
        return {"socket_address": {"address": "127.0.0.1", "port_value": of}}

    upstream = {**(cluster or {}), "name": "gates", "connect_timeout": "5s", "type": "STATIC", "load_assignment": {
        "cluster_name": "gates", "endpoints": [{"lb_endpoints": [{"endpoint": {"address": address(gate)}} for gate in gates]}]}}
    route = {"cluster": "gates", "timeout": "0s", **({"retry_policy": retry} if retry else {})}
    kind = "type.googleapis.com/envoy.extensions.filters."
    manager = {
        "@type": kind + "network.http_connection_manager.v3.HttpConnectionManager", "stat_prefix": "clients",
        "route_config": {"virtual_hosts": [{"name": "all", "domains": ["*"],
                                            "routes": [{"match": {"prefix": "/"}, "route": route}]}]},
        "http_filters": [{"name": "router", "typed_config": {"@type": kind + "http.router.v3.Router"}}]}
    path = written(folder, "envoy.json", json.dumps({"static_resources": {
        "listeners": [{"name": "clients", "address": address(port),
                       "filter_chains": [{"filters": [{"name": "http", "typed_config": manager}]}]}],
        "clusters": [upstream]}}))
    return Router(folder, "envoy", [
        "envoy", "-c", path, "--concurrency", "1", "--disable-hot-restart", "--log-level", "warning"])


def litellm(folder, port, gates, settings=""):
    deployments = "\n".join(
        f"""  - model_name: {MODEL}
    litellm_params: {{ model: openai/{MODEL}, api_base: "http://127.0.0.1:{gate}/v1", api_key: none }}""" for gate in gates)
    path = written(folder, "litellm.yaml", f"model_list:\n{deployments}\n{settings}")
    return Router(folder, "litellm", ["litellm", "--config", path, "--host", "127.0.0.1", "--port", str(port)],
                  {"LITELLM_MASTER_KEY": KEY, "LITELLM_LOCAL_MODEL_COST_MAP": "True", "LITELLM_TELEMETRY": "False",
                   "NO_PROXY": "127.0.0.1"})


def vllm_router(folder, port, gates, *options, command=("vllm-router",)):
    return Router(folder, command[0], [
        *command, "--host", "127.0.0.1", "--port", str(port), "--prometheus-port", str(free_port()),
        "--worker-urls", *(f"http://127.0.0.1:{gate}" for gate in gates), *options])


class SkyServe:
    """SkyServe's load balancer, with a stand-in for its controller that looks at `/health` as often as the real one."""

    PROBE_SECONDS = 10

    def __init__(self, folder, port, gates, policy="least_load"):
        self.gates, self.ready, self.over = gates, list(gates), threading.Event()
        outer = self

        class Controller(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                self.rfile.read(int(self.headers.get("Content-Length", 0)))
                body = json.dumps({"replica_info": {f"http://127.0.0.1:{gate}": {} for gate in outer.ready}}).encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self.controller = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Controller)
        threading.Thread(target=self.controller.serve_forever, daemon=True).start()
        threading.Thread(target=self.probe, daemon=True).start()
        self.router = Router(folder, "skyserve", [
            sys.executable, "-m", "sky.serve.load_balancer", "--controller-addr",
            f"http://127.0.0.1:{self.controller.server_address[1]}", "--load-balancer-port", str(port),
            "--load-balancing-policy", policy],
            {"HOME": folder, "SKYPILOT_DISABLE_USAGE_COLLECTION": "1"})
        self.log = self.router.log

    def probe(self):
        while not self.over.wait(self.PROBE_SECONDS):
            self.ready = [gate for gate in self.gates if is_healthy(gate)]

    def has_ended(self):
        return self.router.has_ended()

    def close(self):
        self.over.set()
        self.router.close()
        self.controller.shutdown()
        self.controller.server_close()


def is_healthy(gate):
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{gate}/health", timeout=5) as answer:
            return answer.status == 200
    except (urllib.error.URLError, OSError):
        return False
