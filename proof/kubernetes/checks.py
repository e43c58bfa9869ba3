# SPDX-License-Identifier: Apache-2.0
"""What the parts of the proof have in common: a check is printed as it is made, and counted."""
import time

results = []


def check(name, good, why=""):
    """Prints whether it is so, and why it is said not to be; whether it is so."""
    results.append(bool(good))
    print(f"{'ok' if good else 'FAILED':7} {name}" + (f"\n        {why}" if why and not good else ""), flush=True)
    return bool(good)


def until(question, seconds=30.0):
    """The first true answer, or the last one after so long."""
    end = time.monotonic() + seconds
    while not (answer := question()) and time.monotonic() < end:
        time.sleep(0.1)
    return answer


def seconds_until(question, bound=30.0):
    """How long it took until the answer was true, or infinity."""
    begun = time.monotonic()
    return time.monotonic() - begun if until(question, bound) else float("inf")
