# SPDX-License-Identifier: Apache-2.0
"""Stores that speak the JSON interface of Cloud Storage."""

import json
import os
import time
import urllib.parse

from store import NAMES, NotHere, Store, said


class FakeGcs(Store):
    def version(self):
        lines = said("go", "version", "-m", self.program()).splitlines()
        return next(line.split()[2] for line in lines if line.split()[0] == "mod").removeprefix("v")

    def program(self):
        path = self.programs + "/go/fake-gcs-server"
        if not os.path.exists(path):
            raise NotHere("it was not built; see the output of proof/stores --prepare")
        return path

    def command(self):
        tls = ["-cert-location", self.authority.cert, "-private-key-location", self.authority.key] if self.tls else []
        return [self.program(), "-scheme", "https" if self.tls else "http", "-host", "127.0.0.1", "-port", str(self.port),
                "-backend", "filesystem", "-filesystem-root", self.work + "/data", "-data", self.work + "/none",
                "-public-host", f"localhost:{self.port}", *tls]

    def start(self):
        self.serve(self.command())
        self.ask("POST", "/storage/v1/b", json.dumps({"name": "weights"}).encode(), {"Content-Type": "application/json"})
        began = time.monotonic()
        for name in NAMES:
            self.put(name, 1)
        self.filling = time.monotonic() - began

    def put(self, name, version):
        query = urllib.parse.urlencode({"uploadType": "media", "name": "m/" + name})
        self.ask("POST", "/upload/storage/v1/b/weights/o?" + query, self.model.content(name, version),
                 {"Content-Type": "application/octet-stream"})

    def replace(self):
        self.put("model-2.bin", 2)

    def source(self):
        return "gs://weights/m/"

    def flags(self):
        return ["--endpoint", self.at, "--anonymous"]
