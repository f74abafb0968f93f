"""A probe for these tests: one forked child a request, with a time limit. No jail: it runs only our own examples."""

from __future__ import annotations

import json
import os
import resource
import select
import signal
import sys
import time
import traceback
import types
from collections.abc import Callable, Iterator, Mapping

import torch

from triton_data.extract.extract_repo import extract_repo
from triton_data.extract.jailed.probe import probe
from triton_data.extract.references.expression import Expression
from triton_data.extract.source.repo import Repo
from triton_data.extract.wire import A, FailedAt, Failure, Prober, Reply, Request, reply_from, request_json
from triton_data.records import Drop, Kernel, Origin, Pair, Program

torch.set_num_threads(1)  # a child forked beside another thread's lock would wait for it for ever

MEMORY = 6 << 30


def extracted(
    files: Mapping[str, str | bytes] | Repo,
    probe: Prober | None = None,
    origin: Origin | None = None,
    expressions: tuple[Expression, ...] = (),
) -> Iterator[Kernel | Program | Pair | Drop]:
    """Of a repository that is written down in a test."""
    if not isinstance(files, Repo):
        files = Repo({path: text.encode() if isinstance(text, str) else text for path, text in files.items()})
    known = origin or Origin("dir", "r")
    origins = {path: Origin(known.source, known.repo, path=path) for path in files.files}
    return extract_repo(files, origins, probe, None, expressions)


def name_of(result: Kernel | Program | Pair | Drop) -> str:
    """Of what was found, whatever became of it."""
    if isinstance(result, Drop):
        return result.part.rpartition(":")[2]
    return result.name if isinstance(result, Kernel) else result.entry


def forked(request: Request[A]) -> Reply[A]:
    limit = 3 * request.seconds + 10.0  # on the clock, which other work takes part of

    def answer(writer: int) -> None:
        resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
        devnull = os.open(os.devnull, os.O_RDWR)
        os.dup2(devnull, 1)
        os.dup2(devnull, 2)
        with os.fdopen(writer, "w") as pipe:
            json.dump(probe(request_json(request))[0], pipe)

    data, status = _in_child(answer, limit)
    if data is None:
        return Reply(Failure(FailedAt.TIMEOUT, f"more than {limit:.0f} s"))
    if status != 0 or not data:
        return Reply(Failure(FailedAt.WORKER_DIED, f"status {status}"))
    return reply_from(request, json.loads(data))


def said(text: str) -> str:
    """The last line that a script prints, run in a child, which need not import torch."""

    def run(writer: int) -> None:
        os.dup2(writer, 1)
        os.dup2(writer, 2)
        sys.stdout, sys.stderr = (os.fdopen(at, "w", buffering=1) for at in (1, 2))  # line by line: a child just ends
        sys.modules["__main__"] = home = types.ModuleType("__main__")
        exec(compile(text, "program.py", "exec"), home.__dict__)

    data, status = _in_child(run, 120.0)
    printed = (data or b"").decode()
    assert status == 0, printed[-800:]
    return printed.strip().splitlines()[-1]


def _in_child(work: Callable[[int], None], limit: float) -> tuple[bytes | None, int]:
    """What a forked child writes to the descriptor that it is handed, None where it took too long; and its status."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reader)
        code = 1
        try:
            work(writer)
            code = 0
        except BaseException:  # noqa: BLE001 - a forked child must never return into the parent's stack
            traceback.print_exc()
        finally:
            os._exit(code)
    os.close(writer)
    return _read(reader, child, limit)


def _read(reader: int, child: int, limit: float) -> tuple[bytes | None, int]:
    deadline, parts = time.monotonic() + limit, list[bytes]()
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
