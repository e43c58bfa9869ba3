# SPDX-License-Identifier: Apache-2.0
"""A stand-in for Hugging Face's hub, and the hub's own client as the reader of the cache that Lastcall lays out.

That the stand-in is believable is shown by the same client: it downloads from it first, and the two caches are compared.
"""

import hashlib
import http.server
import importlib.metadata
import json
import os
import ssl
import subprocess
import sys
import threading
import urllib.parse

from store import NAMES, Store

REPOSITORY = "proof/tiny-model"
# What Lastcall has beside the repositories: of these the client's scan says that they are none.
BESIDE = [".lastcall", "tiny"]

# Run by the hub's client in a process of its own, with what it has to expect on its standard input.
READER = """
import hashlib, json, os, sys
import huggingface_hub as hub
asked = json.load(sys.stdin)
repository, wanted = asked["repository"], asked["sha256"]
folder = hub.snapshot_download(repository, **asked["options"])
found = {os.path.relpath(os.path.join(at, name), folder) for at, _, names in os.walk(folder) for name in names}
assert found == set(wanted), f"files: {sorted(found)}"
for name, digest in wanted.items():
    for path in (os.path.join(folder, name), hub.hf_hub_download(repository, name, **asked["options"]),
                 hub.try_to_load_from_cache(repository, name)):
        assert isinstance(path, str), f"{name} is not found: {path}"
        with open(path, "rb") as f:
            assert hashlib.sha256(f.read()).hexdigest() == digest, f"{name} has other bytes"
scan = hub.scan_cache_dir()
strange = [str(w) for w in scan.warnings if not str(w).endswith(tuple("/" + name for name in asked["beside"]))]
assert not strange, f"warnings of the scan: {strange}"
assert [(r.repo_id, r.nb_files) for r in scan.repos] == [(repository, len(wanted))], f"the scan: {scan.repos}"
"""


def tree_of(cache):
    """What a cache has, without the client's own notes: each name, and where it leads or what it holds."""
    found, folder = {}, os.path.join(cache, "models--" + REPOSITORY.replace("/", "--"))
    for at, _, names in os.walk(folder):
        for name in names:
            path = os.path.join(at, name)
            key = os.path.relpath(path, folder)
            if os.path.islink(path):
                found[key] = "-> " + os.readlink(path)
            elif key.split("/")[0] in ("blobs", "refs", "snapshots"):
                with open(path, "rb") as f:
                    found[key] = hashlib.sha256(f.read()).hexdigest()
    return found


class Hub(Store):
    short = True

    def version(self):
        return importlib.metadata.version("huggingface_hub")

    def start(self):
        self.commits = [1]
        self.sent = 0  # answers with the bytes of files
        handler = type("Answers", (Answers,), {"hub": self})
        self.server = Server(("127.0.0.1", self.port), handler)
        if self.tls:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(self.authority.cert, self.authority.key)
            self.server.socket = context.wrap_socket(self.server.socket, server_side=True, do_handshake_on_connect=False)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        if hasattr(self, "server"):
            self.server.shutdown()
            self.server.server_close()
        super().close()

    def replace(self):
        self.commits.append(2)

    def source(self):
        return f"hf://{REPOSITORY}@main"

    def flags(self):
        return ["--endpoint", self.at]

    @property
    def beside(self):
        """Large files are on another host, as those of the hub are."""
        return self.at.replace("localhost", "127.0.0.1")

    @staticmethod
    def commit(version):
        return hashlib.sha1(f"commit {version}".encode()).hexdigest()

    def entry(self, name, version):
        """As the hub's listing has it: git's id, and for what git does not keep itself the SHA-256."""
        body = self.model.content(name, version if name == "model-2.bin" else 1)
        entry = {"type": "file", "path": name, "size": len(body)}
        if name.endswith(".bin"):
            sha256 = hashlib.sha256(body).hexdigest()
            pointer = f"version https://git-lfs.github.com/spec/v1\noid sha256:{sha256}\nsize {len(body)}\n".encode()
            return {**entry, "oid": git_id(pointer), "lfs": {"oid": sha256, "size": len(body), "pointerSize": len(pointer)}}
        return {**entry, "oid": git_id(body)}

    def more_checks(self, run):
        """The hub's client reads, offline, what Lastcall put into its cache, and then downloads nothing once it is online."""
        cache, own = self.work + "/cache", self.work + "/own"
        config = self.work + "/lastcall.yaml"
        with open(config, "w") as f:
            json.dump({"cache": {"path": cache}}, f)
        os.mkdir(cache)
        wanted = {name: hashlib.sha256(self.model.content(name)).hexdigest() for name in NAMES}
        code, _, err = run.end(run.begin("cache:tiny", "--no-sync", env={"LASTCALL_CONFIG": config}))
        if not run.check(code == 0, f"into the cache: {code} {err.strip()[-300:]}"):
            return "the cache: FAULT"
        try:
            self.reader(cache, wanted, {"local_files_only": True})
            self.reader(own, wanted, {})
            ours, theirs = tree_of(cache), tree_of(own)
            run.check(ours == theirs, f"the cache is laid out otherwise: {sorted(set(ours.items()) ^ set(theirs.items()))}")
            before = self.sent
            self.reader(cache, wanted, {})
            run.check(self.sent == before, f"online the client fetched {self.sent - before} files again")
        except RuntimeError as e:
            run.check(False, str(e))
        return "the cache: FAULT" if run.faults else "the cache offline too"

    def reader(self, cache, wanted, options):
        env = {k: v for k, v in os.environ.items() if not k.upper().endswith("_PROXY") and not k.startswith("HF_")}
        env |= {"HF_HUB_CACHE": cache, "HF_HOME": self.work + "/home", "HF_HUB_DISABLE_TELEMETRY": "1", "HF_ENDPOINT": self.at,
                "HF_HUB_DISABLE_PROGRESS_BARS": "1"}
        if options.get("local_files_only"):
            env |= {"HF_HUB_OFFLINE": "1", "HF_ENDPOINT": "http://localhost:9"}
        asked = json.dumps({"repository": REPOSITORY, "sha256": wanted, "options": options, "beside": BESIDE})
        done = subprocess.run([sys.executable, "-c", READER], input=asked, env=env, capture_output=True, text=True, timeout=120)
        if done.returncode:
            raise RuntimeError(f"huggingface_hub {options or 'online'}: {done.stderr.strip()[-400:]}")


def git_id(body):
    return hashlib.sha1(b"blob %d\0" % len(body) + body).hexdigest()


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, request, client_address):
        """A client that was killed, or does not trust the certificate, is no event."""


class Answers(http.server.BaseHTTPRequestHandler):
    """The four calls that the hub's client makes to have a model: revision, tree, resolve, and the file behind its redirect."""

    protocol_version = "HTTP/1.1"
    hub = None

    def log_message(self, *_):
        pass

    def do_HEAD(self):
        self.do_GET()

    def do_GET(self):
        path = urllib.parse.unquote(urllib.parse.urlsplit(self.path).path)
        versions = {self.hub.commit(v): v for v in self.hub.commits}
        latest = self.hub.commit(self.hub.commits[-1])
        api, resolve = f"/api/models/{REPOSITORY}/", f"/{REPOSITORY}/resolve/"
        if path.startswith("/bytes/"):
            name, _, version = path.removeprefix("/bytes/").rpartition("@")
            return self.file(self.hub.model.content(name, int(version)), {})
        if path.startswith(api + "revision/"):
            return self.json({"id": REPOSITORY, "sha": latest, "siblings": [{"rfilename": n} for n in NAMES], "private": False,
                              "downloads": 0, "likes": 0, "tags": []})
        if path.startswith(api + "tree/"):
            version = versions.get(path.removeprefix(api + "tree/").strip("/").replace("main", latest))
            return self.json([self.hub.entry(n, version) for n in NAMES] if version else None)
        if path.startswith(resolve):
            revision, _, name = path.removeprefix(resolve).partition("/")
            version = versions.get(revision.replace("main", latest))
            if version and name in NAMES:
                return self.resolved(name, version)
        return self.json(None)

    def resolved(self, name, version):
        entry = self.hub.entry(name, version)
        headers = {"X-Repo-Commit": self.hub.commit(version), "ETag": f'"{entry["oid"]}"'}
        if "lfs" not in entry:
            return self.file(self.hub.model.content(name), headers)
        at = urllib.parse.quote(f"/bytes/{name}@{version if name == 'model-2.bin' else 1}")
        headers |= {"X-Linked-Etag": f'"{entry["lfs"]["oid"]}"', "X-Linked-Size": str(entry["size"]), "Location": self.hub.beside + at}
        return self.answer(302, b"", headers)

    def json(self, value):
        if value is None:
            return self.answer(404, b"{}", {"Content-Type": "application/json", "X-Error-Code": "EntryNotFound"})
        return self.answer(200, json.dumps(value).encode(), {"Content-Type": "application/json"})

    def file(self, body, headers):
        if self.command == "GET":
            self.hub.sent += 1
        asked = self.headers.get("Range", "")
        headers |= {"Accept-Ranges": "bytes"}
        headers.setdefault("ETag", '"' + hashlib.md5(body).hexdigest() + '"')
        if asked.startswith("bytes="):
            first, _, last = asked.removeprefix("bytes=").partition("-")
            begin, end = int(first), min(int(last or len(body) - 1), len(body) - 1)
            headers |= {"Content-Range": f"bytes {begin}-{end}/{len(body)}"}
            return self.answer(206, body[begin:end + 1], headers)
        return self.answer(200, body, headers)

    def answer(self, status, body, headers):
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)
