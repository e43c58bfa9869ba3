#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Holds the gate's cut and its refusals against the clients that people use.

    sdk.py --agent COMMAND --directory DIR

For each API, sync and async, streaming by hand and by the library's own helper, and in one piece: at an open door the answer
is whole; at a door that is closed and opens again the client tries again and gets the whole; at the cut the client raises.
Never is a short answer returned as if it were whole. Prints a table and one line of JSON; exits 1 if something did not hold.
"""

import argparse
import asyncio
import json
import os
import sys
import tempfile
import threading
import time

import anthropic
import openai
import upstream
from node import Agent, wait_for

SHORT = 5
LONG = 400
"""Words of an answer that the window of the cut has no room for."""
ENDLESS = 10_000
CALLS = [
    ("chat", "stream"), ("chat", "helper"), ("chat", "whole"),
    ("completions", "stream"), ("completions", "whole"),
    ("responses", "stream"), ("responses", "helper"), ("responses", "whole"),
    ("messages", "stream"), ("messages", "helper"), ("messages", "whole"),
]
ASK = [{"role": "user", "content": "count"}]


class Clients:
    """The libraries' clients, with so many retries."""

    def __init__(self, port, retries):
        keys = {"api_key": "none", "max_retries": retries, "timeout": 90}
        base = f"http://127.0.0.1:{port}"
        self.openai = openai.OpenAI(base_url=base + "/v1", **keys)
        self.anthropic = anthropic.Anthropic(base_url=base, **keys)
        self.async_openai = openai.AsyncOpenAI(base_url=base + "/v1", **keys)
        self.async_anthropic = anthropic.AsyncAnthropic(base_url=base, **keys)


def arguments(api, count):
    asked = {"model": f"words-{count}"}
    if api == "chat":
        return asked | {"messages": ASK}
    if api == "completions":
        return asked | {"prompt": "count"}
    if api == "responses":
        return asked | {"input": "count"}
    return asked | {"messages": ASK, "max_tokens": 1000}


def resource(clients, api, is_async):
    if api == "messages":
        return (clients.async_anthropic if is_async else clients.anthropic).messages
    client = clients.async_openai if is_async else clients.openai
    return {"chat": client.chat.completions, "completions": client.completions, "responses": client.responses}[api]


def piece(api, event):
    """The text of one raw event."""
    if api == "chat":
        return "".join(choice.delta.content or "" for choice in event.choices)
    if api == "completions":
        return "".join(choice.text for choice in event.choices)
    if api == "responses":
        return event.delta if event.type == "response.output_text.delta" else ""
    return event.delta.text if event.type == "content_block_delta" else ""


def answer(api, document):
    """The text of a whole answer."""
    if api == "chat":
        return document.choices[0].message.content
    if api == "completions":
        return document.choices[0].text
    if api == "responses":
        return document.output_text
    return document.content[0].text


FINAL = {"chat": "get_final_completion", "responses": "get_final_response", "messages": "get_final_message"}


def ask(clients, api, how, count):
    calls = resource(clients, api, False)
    if how == "whole":
        return answer(api, calls.create(**arguments(api, count)))
    if how == "stream":
        return "".join(piece(api, event) for event in calls.create(stream=True, **arguments(api, count)))
    with calls.stream(**arguments(api, count)) as stream:
        return answer(api, getattr(stream, FINAL[api])())


async def ask_async(clients, api, how, count):
    calls = resource(clients, api, True)
    if how == "whole":
        return answer(api, await calls.create(**arguments(api, count)))
    if how == "stream":
        stream = await calls.create(stream=True, **arguments(api, count))
        return "".join([piece(api, event) async for event in stream])
    async with calls.stream(**arguments(api, count)) as stream:
        return answer(api, await getattr(stream, FINAL[api])())


class Call(threading.Thread):
    """One request on a thread of its own: what came of it is in `text` or in `error`."""

    def __init__(self, port, api, how, is_async, count, retries):
        super().__init__(daemon=True)
        self.key = (api, how, "async" if is_async else "sync")
        self.port, self.count, self.retries = port, count, retries
        self.text = self.error = None

    def run(self):
        api, how, mode = self.key
        clients = Clients(self.port, self.retries)
        try:
            if mode == "async":
                self.text = asyncio.run(ask_async(clients, api, how, self.count))
            else:
                self.text = ask(clients, api, how, self.count)
        except Exception as raised:  # What the client raises is what is looked for.
            self.error = raised

    def seen(self):
        if self.is_alive():
            return "hangs"
        if self.error is not None:
            code = getattr(self.error, "status_code", None)
            return f"raises {type(self.error).__name__}" + (f" {code}" if code else "")
        whole = self.text == upstream.text(self.count)
        return "whole" if whole else f"SHORT: {len(self.text.split())} words of {self.count}, returned as if whole"


def all_calls(port, count, retries):
    return [Call(port, api, how, is_async, count, retries) for api, how in CALLS for is_async in (False, True)]


def run(agent):
    """The three scenes, in order: what each call saw in each."""
    scenes = {}
    # Whole at an open door, or nothing that follows proves anything.
    scenes["open door"] = finish(start(all_calls(agent.gate, SHORT, 0)), 30)
    # A server that is idle would be stopped while its clients wait for the door.
    keeper = start([Call(agent.gate, "chat", "stream", False, ENDLESS, 0)])
    wait_for("one is in flight", lambda: agent.server_status().get("inFlight") == 1, 20)
    agent.reclaim(None)
    agent.await_closed()
    refused = start(all_calls(agent.gate, SHORT, 12))
    wait_for("each request was refused once", lambda: agent.server_status()["counts"]["refused"] >= len(refused), 20)
    agent.withdraw()
    scenes["closed door, then open"] = finish(refused, 60)
    wait_for("the door is open", lambda: agent.server_status().get("doorOpen"), 20)
    cut = start(all_calls(agent.gate, LONG, 0))
    wait_for("all are in flight", lambda: agent.server_status().get("inFlight") == len(cut + keeper), 20)
    agent.reclaim(8)
    scenes["cut"] = finish(cut, 30)
    return scenes


def start(calls):
    for call in calls:
        call.start()
    return calls


def finish(calls, seconds):
    until = time.monotonic() + seconds
    for call in calls:
        call.join(max(0, until - time.monotonic()))
    return {call.key: call.seen() for call in calls}


def holds(scene, seen):
    return seen.startswith("raises") if scene == "cut" else seen == "whole"


def report(scenes):
    print(f"openai {openai.__version__}, anthropic {anthropic.__version__}")
    print(f"{'call':<30}" + "".join(f"{scene:<26}" for scene in scenes))
    broken = []
    for api, how in CALLS:
        for mode in ("sync", "async"):
            key = (api, how, mode)
            print(f"{' '.join(key):<30}" + "".join(f"{seen[key]:<26}" for seen in scenes.values()).rstrip())
            broken += [f"{' '.join(key)}, {scene}: {seen[key]}" for scene, seen in scenes.items() if not holds(scene, seen[key])]
    for line in broken:
        print("  BROKEN " + line)
    calls = {scene: {" ".join(key): how for key, how in seen.items()} for scene, seen in scenes.items()}
    print(json.dumps({"openai": openai.__version__, "anthropic": anthropic.__version__, "scenes": calls, "broken": broken}))
    return broken


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--agent", required=True, help="the command that is the agent, such as ./lastcall")
    parser.add_argument("--directory", required=True, help="for the log and the state of the run")
    options = parser.parse_args()
    os.makedirs(options.directory, exist_ok=True)
    folder = tempfile.mkdtemp(prefix="sdk", dir=os.path.abspath(options.directory))
    agent = Agent(options.agent, folder, "sdk", upstream.Upstream().port, ", door: { at: now, closed: answer }")
    try:
        agent.await_open()
        broken = report(run(agent))
    finally:
        agent.close()
    sys.exit(1 if broken else 0)


if __name__ == "__main__":
    main()
