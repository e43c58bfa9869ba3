# SPDX-License-Identifier: Apache-2.0
"""What a store of the proof is: a model, a process that serves it, and how one of its files is replaced."""

import functools
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request

BIN = os.path.dirname(sys.executable)
NAMES = ["config.json", "tokenizer a+b.json", "sub/notes.txt", "model-1.bin", "model-2.bin"]
KEY, SECRET = "proofkey", "proofsecret"


class NotHere(Exception):
    """What a store needs is not on this machine."""


def program(path, what):
    """A program that must be there, by its path or its name."""
    found = shutil.which(path)
    if not found:
        raise NotHere(what)
    return found


def said(*command):
    """What a program prints."""
    run = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    return (run.stdout + run.stderr).strip()


STARTED = set()


def started(*args, **kwargs):
    """A process that ends with the proof, however that ends."""
    process = subprocess.Popen(*args, **kwargs)
    STARTED.add(process)
    return process


def end(number, _):
    for process in STARTED:
        process.terminate()  # what has ended and was waited for gets no signal
    os._exit(128 + number)


def end_all_with_the_proof():
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, end)


HANDED_OUT = set()


def free_ports(count):
    """Of those below what the kernel gives to connections, so that none takes them before their server does."""
    ports = []
    while len(ports) < count:
        port = random.randrange(10240, 32768)
        with socket.socket() as s:
            try:
                s.bind(("127.0.0.1", port))
            except OSError:
                continue
        if port not in HANDED_OUT:
            HANDED_OUT.add(port)
            ports.append(port)
    return ports


class Model:
    """Three small files and two large ones, each of random bytes; the last has two versions."""

    def __init__(self, large):
        self.large = large

    @functools.cache
    def content(self, name, version=1):
        return random.Random(f"{name} {version}").randbytes(self.large if name.startswith("model") else 1000)

    def write(self, folder):
        for name in NAMES:
            path = os.path.join(folder, name)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "wb") as f:
                f.write(self.content(name))


class Authority:
    """A certificate authority of its own, and a certificate of it for localhost."""

    def __init__(self, work):
        self.ca, self.cert, self.key = work + "/ca.pem", work + "/cert.pem", work + "/key.pem"
        self.p12 = work + "/keys.p12"
        ca_key, request, extensions = work + "/ca.key", work + "/request.pem", work + "/extensions"
        with open(extensions, "w") as f:
            f.write("subjectAltName=DNS:localhost,IP:127.0.0.1\nbasicConstraints=CA:FALSE\nextendedKeyUsage=serverAuth\n")
        new = ["openssl", "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
        for command in (
                [*new, "-x509", "-keyout", ca_key, "-out", self.ca, "-days", "2", "-subj", "/CN=An authority of the proof"],
                [*new, "-keyout", self.key, "-out", request, "-subj", "/CN=localhost"],
                ["openssl", "x509", "-req", "-in", request, "-CA", self.ca, "-CAkey", ca_key, "-CAcreateserial", "-days", "2",
                 "-extfile", extensions, "-out", self.cert],
                ["openssl", "pkcs12", "-export", "-in", self.cert, "-inkey", self.key, "-out", self.p12, "-passout", f"pass:{SECRET}"]):
            subprocess.run(command, check=True, capture_output=True)


class Store:
    """One store that runs. A kind of store says its command and its version, and what is not as in a folder that is served."""

    tls_too = True  # whether it speaks TLS
    short = False  # whether it takes part in the short form
    filling = 0  # seconds that it took to put the model there
    programs = None  # where the stores are that the Python package index does not have; set once

    def __init__(self, work, model, tls=False):
        self.work, self.model, self.tls = work, model, tls
        os.makedirs(work)
        self.port, *self.more_ports = free_ports(8)
        self.authority = Authority(work) if tls else None
        self.files = os.path.join(work, "site/m")
        self.log = open(os.path.join(work, "store.log"), "wb")
        self.process = None
        try:
            self.start()
        except BaseException:
            self.close()
            raise

    def start(self):
        self.model.write(self.files)
        self.serve(self.command())

    def serve(self, command):
        self.process = started(command, stdout=self.log, stderr=self.log, cwd=self.work, env=self.env())
        self.await_port()

    @property
    def root(self):
        return os.path.dirname(self.files)

    @property
    def at(self):
        return ("https" if self.tls else "http") + f"://localhost:{self.port}"

    def env(self):
        return {**os.environ, "HOME": self.work}

    def await_port(self, patience=60):
        end = time.monotonic() + patience
        while time.monotonic() < end:
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return
            except OSError:
                if self.process.poll() is not None:
                    break
                time.sleep(.1)
        raise RuntimeError(f"it did not start; see {self.log.name}")

    def ask(self, method, path, body=None, headers=None):
        """Asks the store itself, as a client of its own would."""
        context = None
        if self.tls:
            import ssl
            context = ssl.create_default_context(cafile=self.authority.ca)
        request = urllib.request.Request(self.at + path, data=body, method=method, headers=headers or {})
        with urllib.request.build_opener(urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=context)).open(
                request, timeout=60) as answer:
            return answer.read(), answer.headers

    def source(self):
        return self.at + "/m/"

    def flags(self):
        return [flag for name in NAMES for flag in ("--file", name)]

    def replace(self):
        """As a deployment does: written beside it, then renamed; with its own time."""
        path = os.path.join(self.files, "model-2.bin")
        with open(path + ".new", "wb") as f:
            f.write(self.model.content("model-2.bin", 2))
        os.utime(path + ".new", (time.time() + 5, time.time() + 5))
        os.rename(path + ".new", path)

    def more_checks(self, run):
        """What only this store has to show; a word for the column "read", or nothing."""
        return ""

    def close(self):
        if self.process:
            self.process.terminate()
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.log.close()
