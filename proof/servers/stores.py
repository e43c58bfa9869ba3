#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Warms a model from the stores that people run, and shows what came of it in a table; see the script "stores" beside."""

import argparse
import concurrent.futures
import os
import shlex
import shutil
import sys
import tempfile
import time

import azure
import gcs
import hub
import s3
import web
from checks import MIB, Run
from store import end_all_with_the_proof, Model, NotHere, Store

STORES = {
    "python http.server": web.Python, "nginx": web.Nginx, "Apache httpd": web.Apache, "Caddy": web.Caddy,
    "Go http.FileServer": web.Go, "rclone serve http": web.Rclone, "rclone serve webdav": web.RcloneWebdav, "WsgiDAV": web.Wsgidav,
    "rclone serve s3": s3.RcloneS3, "moto": s3.Moto, "moto (uploads in parts)": s3.MotoParts, "S3Proxy": s3.S3Proxy,
    "SeaweedFS": s3.SeaweedFS, "fake-gcs-server": gcs.FakeGcs, "Azurite (SAS)": azure.Azurite,
    "huggingface_hub (a stand-in serves)": hub.Hub,
}
HEAD = ["store", "version", "read", "resumed after a kill", "verified by", "replaced in mid-fetch", "private authority"]
BEGIN, END = "<!-- proof/stores -->\n", "<!-- end -->"


def row_of(name, kind, args, model, faults):
    """One row, from the store itself; what did not hold is added to the faults."""
    work, store, run = tempfile.mkdtemp(prefix="store-", dir=args.directory), None, None
    os.chmod(work, 0o755)
    try:
        store = kind(work + "/store", model)
        run = Run(shlex.split(args.agent), work, store)
        version = store.version()
        read, verified = run.read()
        more = store.more_checks(run)
        row = [version, f"{read}; {more}" if more else read, run.resume(), verified, run.change(), run.authority()]
        found = run.faults
    except NotHere as e:
        row, found = ["", f"not run: {e}", "", "", "", ""], [f"not run: {e}"]
    except Exception as e:  # one store that can't be started does not end the others
        row, found = ["", f"not run: {type(e).__name__}", "", "", "", ""], [*(run.faults if run else []), f"{type(e).__name__}: {e}"]
    finally:
        if store:
            store.close()
    if found:
        faults += [f"{name}: {fault} (in {work})" for fault in found]
    else:
        shutil.rmtree(work, ignore_errors=True)
    return row


def optional(text):
    name, _, reason = text.partition("=")
    if name not in STORES or not reason.strip():
        raise argparse.ArgumentTypeError(f"NAME=REASON, of {', '.join(STORES)}")
    return name, reason.strip()


def put_into(page, table):
    with open(page) as f:
        head, begin, rest = f.read().partition(BEGIN)
    _, end, tail = rest.partition(END)
    if not begin or not end:
        raise SystemExit(f"{page} has no place for the table")
    with open(page, "w") as f:
        f.write(head + begin + table + end + tail)


def main():
    parser = argparse.ArgumentParser(prog="proof/stores", description="Warms a model from real stores.")
    parser.add_argument("--agent", required=True, help=argparse.SUPPRESS)
    parser.add_argument("--directory", required=True, help=argparse.SUPPRESS)
    parser.add_argument("--programs", required=True, help=argparse.SUPPRESS)
    parser.add_argument("--page", required=True, help=argparse.SUPPRESS)
    parser.add_argument("--short", action="store_true", help="the stores that are quick to install, with a smaller model")
    parser.add_argument("--only", metavar="NAME,...", help="only these")
    parser.add_argument("--without", metavar="NAME=REASON", type=optional, action="append", default=[],
                        help="not this one, and the table says why")
    parser.add_argument("--write", action="store_true", help="put the table into docs/models.md")
    args = parser.parse_args()
    wanted = [name for name, kind in STORES.items() if kind.short or not args.short]
    if args.only:
        wanted = args.only.split(",")
        if unknown := set(wanted) - set(STORES):
            parser.error(f"unknown: {', '.join(unknown)}; known are {', '.join(STORES)}")
    if args.write and (args.short or args.only):
        parser.error("--write is for the whole table: without --short and --only")
    end_all_with_the_proof()
    os.makedirs(args.directory, exist_ok=True)
    Store.programs = args.programs
    model = Model((12 if args.short else 48) * MIB)
    without, faults = dict(args.without), []

    def row(name):
        began = time.monotonic()
        cells = ["", f"not run: {without[name]}", "", "", "", ""] if name in without else row_of(name, STORES[name], args, model, faults)
        print(" | ".join([name, *cells]) + f" ({time.monotonic() - began:.0f} s)", flush=True)
        return [name, *cells]

    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        rows = list(pool.map(row, wanted))
    lines = [HEAD, ["---"] * len(HEAD), *rows]
    if args.write:
        put_into(args.page, "".join("| " + " | ".join(line) + " |\n" for line in lines))
    for fault in faults:
        print("FAULT " + fault)
    failed = sum(any(fault.startswith(name + ": ") for fault in faults) for name in wanted)
    print(f"{len(wanted) - failed - len(without.keys() & set(wanted))} passed, {failed} failed")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
