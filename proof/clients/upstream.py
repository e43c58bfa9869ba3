# SPDX-License-Identifier: Apache-2.0
"""An inference server that speaks OpenAI's chat, completions and responses and Anthropic's messages, word by word."""

import asyncio
import json
import threading

PATHS = {
    "/v1/chat/completions": "chat",
    "/v1/completions": "completions",
    "/v1/responses": "responses",
    "/v1/messages": "messages",
}


def words(count):
    return [f" w{number}" for number in range(count)]


def text(count):
    return "".join(words(count))


def named(document):
    return f"event: {document['type']}\ndata: {json.dumps(document)}\n\n"


def bare(document):
    return f"data: {json.dumps(document)}\n\n"


def chat(count):
    """The events of a chat completion, in three parts: before the words, one for each, after them."""

    def chunk(delta, finish=None):
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}
        return bare({"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [choice]})

    first = [chunk({"role": "assistant", "content": ""})]
    return first, [chunk({"content": word}) for word in words(count)], [chunk({}, "stop"), "data: [DONE]\n\n"]


def completions(count):
    def chunk(word, finish=None):
        choice = {"index": 0, "text": word, "logprobs": None, "finish_reason": finish}
        return bare({"id": "cmpl-1", "object": "text_completion", "created": 1, "model": "m", "choices": [choice]})

    return [], [chunk(word) for word in words(count)], [chunk("", "stop"), "data: [DONE]\n\n"]


def response(status, output):
    return {
        "id": "resp_1", "object": "response", "created_at": 1, "status": status, "model": "m", "output": output,
        "parallel_tool_calls": True, "tool_choice": "auto", "tools": [], "error": None, "incomplete_details": None,
        "instructions": None, "metadata": {}, "temperature": 1.0, "top_p": 1.0,
    }


def responses(count):
    part = {"type": "output_text", "text": "", "annotations": [], "logprobs": []}
    item = {"id": "msg_1", "type": "message", "role": "assistant", "status": "in_progress", "content": []}
    whole_part = {**part, "text": text(count)}
    whole_item = {**item, "status": "completed", "content": [whole_part]}
    place = {"item_id": "msg_1", "output_index": 0, "content_index": 0}
    first = [
        {"type": "response.created", "response": response("in_progress", [])},
        {"type": "response.in_progress", "response": response("in_progress", [])},
        {"type": "response.output_item.added", "output_index": 0, "item": item},
        {"type": "response.content_part.added", **place, "part": part},
    ]
    middle = [{"type": "response.output_text.delta", **place, "delta": word, "logprobs": []} for word in words(count)]
    last = [
        {"type": "response.output_text.done", **place, "text": text(count), "logprobs": []},
        {"type": "response.content_part.done", **place, "part": whole_part},
        {"type": "response.output_item.done", "output_index": 0, "item": whole_item},
        {"type": "response.completed", "response": response("completed", [whole_item])},
    ]
    for number, event in enumerate(first + middle + last):
        event["sequence_number"] = number
    return [[named(event) for event in events] for events in (first, middle, last)]


def message(content, stop_reason):
    return {
        "id": "msg_1", "type": "message", "role": "assistant", "model": "m", "content": content,
        "stop_reason": stop_reason, "stop_sequence": None, "usage": {"input_tokens": 1, "output_tokens": 1},
    }


def messages(count):
    deltas = [{"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": word}} for word in words(count)]
    first = [
        {"type": "message_start", "message": message([], None)},
        {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}},
        {"type": "ping"},
    ]
    last = [
        {"type": "content_block_stop", "index": 0},
        {"type": "message_delta", "delta": {"stop_reason": "end_turn", "stop_sequence": None}, "usage": {"output_tokens": count}},
        {"type": "message_stop"},
    ]
    return [[named(event) for event in events] for events in (first, deltas, last)]


def whole(api, count):
    """The answer in one piece."""
    if api == "chat":
        said = {"role": "assistant", "content": text(count)}
        choice = {"index": 0, "message": said, "logprobs": None, "finish_reason": "stop"}
        return {"id": "chatcmpl-1", "object": "chat.completion", "created": 1, "model": "m", "choices": [choice]}
    if api == "completions":
        choice = {"index": 0, "text": text(count), "logprobs": None, "finish_reason": "stop"}
        return {"id": "cmpl-1", "object": "text_completion", "created": 1, "model": "m", "choices": [choice]}
    if api == "responses":
        part = {"type": "output_text", "text": text(count), "annotations": []}
        item = {"id": "msg_1", "type": "message", "role": "assistant", "status": "completed", "content": [part]}
        return response("completed", [item])
    return message([{"type": "text", "text": text(count)}], "end_turn")


STREAMS = {"chat": chat, "completions": completions, "responses": responses, "messages": messages}


class Upstream:
    """Listens on a free port of loopback, on a thread of its own. The number of words is in the model's name."""

    PACE = 0.1

    def __init__(self):
        self.loop = asyncio.new_event_loop()
        listening = threading.Event()
        threading.Thread(target=self._run, args=(listening,), daemon=True).start()
        if not listening.wait(10):
            raise SystemExit("the upstream does not listen")

    def _run(self, listening):
        async def listen():
            server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
            self.port = server.sockets[0].getsockname()[1]
            listening.set()

        self.loop.run_until_complete(listen())
        self.loop.run_forever()

    async def _serve(self, reader, writer):
        try:
            while await self._one(reader, writer):
                pass
        except (ConnectionError, asyncio.IncompleteReadError):
            pass  # The gate left, or the client did.
        finally:
            writer.close()

    async def _one(self, reader, writer):
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        fields = dict(line.lower().split(": ", 1) for line in head.split("\r\n")[1:] if ": " in line)
        body = await reader.readexactly(int(fields.get("content-length", "0")))
        api = PATHS.get(head.split(" ", 2)[1].split("?")[0])
        if api is None:
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
            return True
        asked = json.loads(body)
        count = int(asked["model"].removeprefix("words-"))
        if not asked.get("stream"):
            await asyncio.sleep(count * self.PACE)
            answer = json.dumps(whole(api, count)).encode()
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(answer) + answer)
            return True
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream; charset=utf-8\r\nTransfer-Encoding: chunked\r\n\r\n")
        first, middle, last = STREAMS[api](count)
        for event in first:
            await self._chunk(writer, event)
        for event in middle:
            await self._chunk(writer, event)
            await asyncio.sleep(self.PACE)
        for event in last:
            await self._chunk(writer, event)
        writer.write(b"0\r\n\r\n")
        return True

    @staticmethod
    async def _chunk(writer, event):
        data = event.encode()
        writer.write(b"%x\r\n" % len(data) + data + b"\r\n")
        await writer.drain()
