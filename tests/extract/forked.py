"""A probe for these tests: one forked child a payload, with a time limit. No jail: it runs only our own examples."""

from __future__ import annotations

import json
import os
import resource
import select
import signal
import time
import traceback
from typing import Any

import torch

from triton_data.extract.jailed.probe import probe

torch.set_num_threads(1)  # a child forked beside another thread's lock would wait for it for ever

MEMORY = 6 << 30


def forked(payload: dict[str, Any]) -> dict[str, Any]:
    limit = payload.get("seconds", 20.0) + 10.0
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reader)
        code = 1
        try:
            resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
            devnull = os.open(os.devnull, os.O_RDWR)
            os.dup2(devnull, 1)
            os.dup2(devnull, 2)
            with os.fdopen(writer, "w") as pipe:
                json.dump(probe(payload)[0], pipe)
            code = 0
        except BaseException:  # noqa: BLE001 - a forked child must never return into the parent's stack
            traceback.print_exc()
        finally:
            os._exit(code)
    os.close(writer)
    data, status = _read(reader, child, limit)
    if data is None:
        return {"ok": False, "stage": "timeout", "error": f"more than {limit:.0f} s", "evidence": {}}
    if status != 0 or not data:
        return {"ok": False, "stage": "worker_died", "error": f"status {status}", "evidence": {}}
    facts: dict[str, Any] = json.loads(data)
    return facts


def _read(reader: int, child: int, limit: float) -> tuple[bytes | None, int]:
    deadline, parts = time.monotonic() + limit, []
    try:
        while True:
            left = deadline - time.monotonic()
            if left <= 0 or not select.select([reader], [], [], left)[0]:
                os.kill(child, signal.SIGKILL)
                return None, os.waitpid(child, 0)[1]
            part = os.read(reader, 1 << 16)
            if not part:
                return b"".join(parts), os.waitpid(child, 0)[1]
            parts.append(part)
    finally:
        os.close(reader)
