"""A server on loopback that speaks OpenAI's protocol, bills every answer that it makes, and misbehaves as a test wants.

An answer is billed when it is made, also where it is lost on its way. What was asked is known by its whole body.
"""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

Reply = Callable[[dict[str, Any], int], Any]  # (body, requests so far) -> text, a dict, or a Trouble


@dataclass
class Trouble:
    status: int = 0  # 0: the connection is cut; -1: in the middle of the answer
    headers: dict[str, str] = field(default_factory=dict)
    words: str = "no"
    billed: bool = False


@dataclass
class Billing:
    reply: Reply = lambda body, number: "four"
    delay: float = 0.0
    most: int = 0  # requests at a time; more are refused with 429
    retry_after: str = "0.05"
    tokens: tuple[int, int] = (20, 50)
    bills: Counter[str] = field(default_factory=Counter)
    requests: int = 0
    refused: int = 0
    flying: int = 0
    highest: int = 0
    times: list[float] = field(default_factory=list)
    heads: list[dict[str, str]] = field(default_factory=list)
    port: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                names = dict(_header(line) for line in head.decode().split("\r\n")[1:] if ": " in line)
                size = next((int(value) for name, value in names.items() if name == "content-length"), 0)
                body = json.loads(await reader.readexactly(size) or b"{}")
                self.heads.append(names)
                if not await self.answer(head.split(b" ")[1].decode(), body, writer):
                    break
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    async def answer(self, path: str, body: dict[str, Any], writer: asyncio.StreamWriter) -> bool:
        if path.endswith("/models"):
            return await send(writer, 200, {"object": "list", "data": [{"id": "tiny", "object": "model"}]})
        self.requests += 1
        number = self.requests
        self.times.append(time.monotonic())
        if self.most and self.flying >= self.most:
            self.refused += 1
            return await send(writer, 429, {"error": {"message": "slow down"}}, {"Retry-After": self.retry_after})
        self.flying += 1
        self.highest = max(self.highest, self.flying)
        try:
            await asyncio.sleep(self.delay)
            said = self.reply(body, number)
            if not isinstance(said, Trouble) or said.billed:
                self.bills[json.dumps(body, sort_keys=True)] += 1
        finally:
            self.flying -= 1
        if isinstance(said, Trouble):
            return await trouble(writer, said)
        return await send(writer, 200, said if isinstance(said, dict) else completion(said, self.tokens))


def completion(text: str, tokens: tuple[int, int] = (20, 50), **message: Any) -> dict[str, Any]:
    choice = {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": text, **message}}
    usage = {"prompt_tokens": tokens[0], "completion_tokens": tokens[1]}
    return {
        "id": "c",
        "object": "chat.completion",
        "created": 1,
        "model": "tiny-1",
        "choices": [choice],
        "usage": usage,
    }


async def send(writer: asyncio.StreamWriter, status: int, said: Any, headers: dict[str, str] | None = None) -> bool:
    data = json.dumps(said).encode()
    more = "".join(f"{name}: {value}\r\n" for name, value in (headers or {}).items())
    writer.write(
        f"HTTP/1.1 {status} X\r\nContent-Type: application/json\r\nContent-Length: {len(data)}\r\n{more}\r\n".encode()
    )
    writer.write(data)
    await writer.drain()
    return True


async def trouble(writer: asyncio.StreamWriter, said: Trouble) -> bool:
    if said.status > 0:
        return await send(writer, said.status, {"error": {"message": said.words}}, said.headers)
    if said.status < 0:
        writer.write(b'HTTP/1.1 200 X\r\nContent-Type: application/json\r\nContent-Length: 9000\r\n\r\n{"choices": [')
        await writer.drain()
    writer.transport.abort()
    return False


@contextmanager
def listening(billing: Billing, port: int = 0) -> Iterator[Billing]:
    loop = asyncio.new_event_loop()
    ready = threading.Event()
    stop = asyncio.Event()

    async def serve() -> None:
        server = await asyncio.start_server(billing.handle, "127.0.0.1", port or billing.port)
        billing.port = server.sockets[0].getsockname()[1]
        ready.set()
        await stop.wait()
        server.close()
        for task in asyncio.all_tasks() - {asyncio.current_task()}:
            task.cancel()

    thread = threading.Thread(target=lambda: loop.run_until_complete(serve()), daemon=True)
    thread.start()
    assert ready.wait(10), "the server did not start"
    try:
        yield billing
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(10)


def _header(line: str) -> tuple[str, str]:
    name, _, value = line.partition(": ")
    return name.lower(), value
