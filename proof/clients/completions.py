# SPDX-License-Identifier: Apache-2.0
"""As much of OpenAI's chat completions as routers need that read the answers: of a server, and of a client.

`serve` is such a server in this process; `app` is one for a server of ASGI applications, such as uvicorn.
"""

import asyncio
import http.client
import http.server
import json
import secrets
import threading
import time

MODEL = "model"
EVENTS, PAUSE = 8, 0.1
"""An answer has so many events, with so many seconds between two."""
WORDS = [f"{number} " for number in range(EVENTS)]
MODELS = json.dumps({"object": "list", "data": [{"id": MODEL, "object": "model"}]}).encode()
JSON, EVENT_STREAM = "application/json", "text/event-stream"


def completion(kind, choice, **fields):
    return json.dumps({
        "id": "c", "object": kind, "created": 1, "model": MODEL, "choices": [{"index": 0, **choice}], **fields}).encode()


def event(choice):
    return b"data: " + completion("chat.completion.chunk", choice) + b"\n\n"


WORD_EVENTS = [event({"delta": {"role": "assistant", "content": word}, "finish_reason": None}) for word in WORDS]
END = event({"delta": {}, "finish_reason": "stop"}) + b"data: [DONE]\n\n"
WHOLE = completion("chat.completion", {"message": {"role": "assistant", "content": "".join(WORDS)}, "finish_reason": "stop"},
                   usage={"prompt_tokens": 1, "completion_tokens": EVENTS, "total_tokens": EVENTS + 1})


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.answer(MODELS if self.path == "/v1/models" else b"{}")

    def do_POST(self):
        if json.loads(self.rfile.read(int(self.headers["Content-Length"]))).get("stream"):
            self.head(EVENT_STREAM, "Transfer-Encoding", "chunked")
            for part in WORD_EVENTS:
                self.chunk(part)
                time.sleep(PAUSE)
            self.chunk(END)
            self.wfile.write(b"0\r\n\r\n")
        else:
            time.sleep(EVENTS * PAUSE)
            self.answer(WHOLE)

    def chunk(self, data):
        self.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))
        self.wfile.flush()

    def answer(self, body):
        self.head(JSON, "Content-Length", str(len(body)))
        self.wfile.write(body)

    def head(self, kind, name, value):
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header(name, value)
        self.end_headers()

    def log_message(self, *_):
        pass


class Http(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256

    def handle_error(self, request, client_address):
        """A client that has gone; what became of its request is counted where it was sent."""


def serve():
    """A server that listens already."""
    server = Http(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


async def app(scope, receive, send):
    if scope["type"] != "http":
        raise NotImplementedError(scope["type"])

    async def head(kind):
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", kind.encode())]})

    async def body(data, more=False):
        await send({"type": "http.response.body", "body": data, "more_body": more})

    request = b""
    while True:
        message = await receive()
        request += message.get("body", b"")
        if not message.get("more_body"):
            break
    if scope["method"] != "POST":
        await head(JSON)
        await body(MODELS if scope["path"] == "/v1/models" else b"{}")
    elif json.loads(request).get("stream"):
        await head(EVENT_STREAM)
        for part in WORD_EVENTS:
            await body(part, more=True)
            await asyncio.sleep(PAUSE)
        await body(END)
    else:
        await asyncio.sleep(EVENTS * PAUSE)
        await head(JSON)
        await body(WHOLE)


def ask(port, key, stream):
    """What becomes of one request."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        # No two prompts begin alike, or a router that looks at them sends all to one server.
        prompt = secrets.token_hex(8) + "x" * 2000
        connection.request("POST", "/v1/chat/completions", json.dumps({
            "model": MODEL, "stream": stream, "messages": [{"role": "user", "content": prompt}]}),
            {"Content-Type": JSON, "Authorization": "Bearer " + key})
        answer = connection.getresponse()
        try:
            body = answer.read()
        except http.client.IncompleteRead as cut:
            return f"cut short, status {answer.status}, {len(cut.partial)} bytes"
        if answer.status != 200:
            return f"status {answer.status}"
        return "whole" if (is_whole_stream(body) if stream else is_whole(body)) else "cut short"
    except (OSError, ValueError, LookupError, http.client.HTTPException) as error:
        return type(error).__name__
    finally:
        connection.close()


def is_whole(body):
    return json.loads(body)["choices"][0]["message"]["content"] == "".join(WORDS)


def is_whole_stream(body):
    events = [line[len("data: "):] for line in body.decode().splitlines() if line.startswith("data: ")]
    choices = [choice for event in events[:-1] for choice in json.loads(event).get("choices", [])]
    return events[-1:] == ["[DONE]"] and "".join(choice["delta"].get("content") or "" for choice in choices) == "".join(WORDS)
