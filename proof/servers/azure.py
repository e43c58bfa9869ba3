# SPDX-License-Identifier: Apache-2.0
"""Azure's blobs: a folder address with a shared access signature, which is computed here."""

import base64
import datetime
import hashlib
import hmac
import os
import time
import urllib.parse

from store import NAMES, NotHere, SECRET, Store, program, said


class Azurite(Store):
    account = "proofaccount"
    key = base64.b64encode(hashlib.sha256(SECRET.encode()).digest()).decode()
    api = "2021-12-02"

    def version(self):
        return said(*self.program(), "--version").split()[-1]

    def program(self):
        path = self.programs + "/npm/node_modules/azurite/dist/src/blob/main.js"
        if not os.path.exists(path):
            raise NotHere("it was not installed; see the output of proof/stores --prepare")
        return [program("node", "there is no node"), path]

    def env(self):
        return {**super().env(), "AZURITE_ACCOUNTS": f"{self.account}:{self.key}"}

    def command(self):
        tls = ["--cert", self.authority.cert, "--key", self.authority.key] if self.tls else []
        return [*self.program(), "--blobHost", "127.0.0.1", "--blobPort", str(self.port), "--location", self.work,
                "--silent", "--disableTelemetry", *tls]

    def signature(self, permissions, container=True):
        """A shared access signature: of the container to read it, else of the account to fill it."""
        now = datetime.datetime.now(datetime.timezone.utc)
        begin, end = ((now + datetime.timedelta(hours=h)).strftime("%Y-%m-%dT%H:%M:%SZ") for h in (-1, 3))
        if container:
            query = {"sv": self.api, "sp": permissions, "st": begin, "se": end, "sr": "c"}
            signed = [permissions, begin, end, f"/blob/{self.account}/weights", "", "", "", self.api, "c", "", "", "", "", "", "", ""]
        else:
            query = {"sv": self.api, "ss": "b", "srt": "sco", "sp": permissions, "st": begin, "se": end}
            signed = [self.account, permissions, "b", "sco", begin, end, "", "", self.api, "", ""]
        mac = hmac.new(base64.b64decode(self.key), "\n".join(signed).encode(), hashlib.sha256)
        return urllib.parse.urlencode({**query, "sig": base64.b64encode(mac.digest()).decode()})

    def start(self):
        self.serve(self.command())
        self.right = self.signature("rwdlac", container=False)
        self.ask("PUT", f"/{self.account}/weights?restype=container&{self.right}", b"", {"x-ms-version": self.api})
        began = time.monotonic()
        for name in NAMES:
            self.put(name, 1)
        self.filling = time.monotonic() - began

    def put(self, name, version):
        self.ask("PUT", f"/{self.account}/weights/m/{urllib.parse.quote(name)}?{self.right}", self.model.content(name, version),
                 {"x-ms-version": self.api, "x-ms-blob-type": "BlockBlob", "Content-Type": "application/octet-stream"})

    def replace(self):
        self.put("model-2.bin", 2)

    def source(self):
        return f"{self.at}/{self.account}/weights/m/?{self.signature('r')}"
