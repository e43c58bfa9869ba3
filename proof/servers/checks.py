# SPDX-License-Identifier: Apache-2.0
"""What is checked of each store: five words of its row, and the faults behind them."""

import glob
import json
import os
import signal
import subprocess
import time

from store import KEY, NAMES, SECRET, started

MIB = 1 << 20


class Run:
    """The checks of one store."""

    def __init__(self, agent, work, store):
        self.agent, self.work, self.store, self.model, self.faults = agent, work, store, store.model, []

    def begin(self, dest, *more, store=None, trusting=True, env=None):
        store = store or self.store
        clean = {k: v for k, v in os.environ.items()
                 if not k.upper().endswith("_PROXY") and not k.startswith(("AWS_", "HF_", "SSL_", "GOOGLE_", "LASTCALL_"))}
        clean |= {"AWS_ACCESS_KEY_ID": KEY, "AWS_SECRET_ACCESS_KEY": SECRET, "AWS_REGION": "us-east-1",
                  "AWS_EC2_METADATA_DISABLED": "true", "HOME": self.work, **(env or {})}
        if store.tls and trusting:
            clean["SSL_CERT_FILE"] = store.authority.ca
        return started([*self.agent, "warm", store.source(), dest, "--json", *store.flags(), *more], env=clean,
                       stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def begin_slowly(self, dest, seconds):
        rate = max(1, round(2 * self.model.large / MIB / seconds))
        return self.begin(dest, "--part-size", "1MiB", "--limit", f"{rate}MiB/s")

    @staticmethod
    def end(process, timeout=180):
        out, err = process.communicate(timeout=timeout)
        lines = out.strip().splitlines()
        return process.returncode, json.loads(lines[-1]) if lines else {}, err

    def await_middle(self, process, dest, wanted):
        """Until each large file has begun and so many bytes are there; whether the process is still there then."""
        while process.poll() is None:
            begun = [size for size in map(self.on_disk, glob.glob(dest + "/.lastcall/partial/*/*.part")) if size >= MIB]
            if len(begun) >= 2 and sum(begun) >= wanted:
                return True
            time.sleep(.02)
        return False

    @staticmethod
    def on_disk(path):
        try:
            return os.stat(path).st_blocks * 512
        except FileNotFoundError:
            return 0

    def wrong(self, dest, versions):
        """Names whose bytes are none of these versions of the model."""
        bad = []
        for name in NAMES:
            want = [self.model.content(name, v) for v in (versions if name == "model-2.bin" else [1])]
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
        dest = self.work + "/read"
        code, report, err = self.end(self.begin(dest))
        ok = self.check(code == 0 and not self.wrong(dest, [1]), f"read: {code} {err.strip()[-300:]}")
        return ("right" if ok else "FAULT"), (self.vouched(dest, report) if ok else "")

    def vouched(self, dest, report):
        """By which digests the files were held, as Lastcall has it on record."""
        with open(dest + "/.lastcall/manifest.json") as f:
            files = json.load(f)["files"]
        kinds = sorted({digest.partition(":")[0] for file in files for digest in file["digests"]})
        with_digest = sum(bool(file["digests"]) for file in files)
        self.check(with_digest == len(NAMES) - report["filesWithoutDigest"], "the report counts other files without a digest")
        if not kinds:
            return "count"
        return ", ".join(kinds) + ("" if with_digest == len(NAMES) else f" ({with_digest} of {len(NAMES)} files)")

    def resume(self):
        dest = self.work + "/resume"
        process = self.begin_slowly(dest, 3)
        was = self.await_middle(process, dest, self.model.large * 4 // 5)
        process.send_signal(signal.SIGKILL)
        process.communicate()
        code, report, err = self.end(self.begin(dest, "--part-size", "1MiB"))
        ok = self.check(code == 0 and not self.wrong(dest, [1]), f"resume: {code} {err.strip()[-300:]}")
        kept = report.get("bytesReused", 0)
        if not ok:
            return "FAULT"
        if not self.check(was, "resume: it had ended before it could be killed"):
            return "not killed"
        return f"{kept * 100 // (2 * self.model.large)} % kept" if kept > MIB else "from the start"

    def change(self):
        dest = self.work + "/change"
        process = self.begin_slowly(dest, max(5, 4 * self.store.filling))
        was = self.await_middle(process, dest, self.model.large // 2)
        self.store.replace()
        was = was and process.poll() is None
        code, _, err = self.end(process)
        if code:
            self.check("changed" in err or "replaced" in err, f"change: {code} {err.strip()[-300:]}")
            return "error"
        wrong = self.wrong(dest, [1, 2])
        if not self.check(not wrong, f"change: of no version: {wrong}"):
            return "MIXED"
        if not self.check(was, "change: it had ended before the file was replaced"):
            return "not replaced"
        with open(dest + "/model-2.bin", "rb") as f:
            return "new" if f.read() == self.model.content("model-2.bin", 2) else "old, whole"

    def authority(self):
        """The same store once more, by TLS: refused without the authority, and right with it."""
        if not self.store.tls_too:
            return "no TLS"
        store = type(self.store)(self.work + "/tls", self.model, tls=True)
        try:
            code, _, err = self.end(self.begin(self.work + "/untrusted", store=store, trusting=False))
            refused = self.check(code != 0 and "SSL_CERT_FILE" in err, f"without the authority: {code} {err.strip()[-300:]}")
            code, _, err = self.end(self.begin(self.work + "/trusted", store=store))
            right = self.check(code == 0 and not self.wrong(self.work + "/trusted", [1]),
                               f"by the authority: {code} {err.strip()[-300:]}")
            return "right" if refused and right else "FAULT"
        finally:
            store.close()
