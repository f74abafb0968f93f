"""`triton-data verify` on bare files: one pair, or the rows of a Parquet file, with no run.

In: two paths, or one with the names of two columns. Out: a Judgement; for a file of rows one JSON line a row beside it,
which is also what makes it resumable. Not covered: provenance; that is what a run is for.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from triton_data.errors import Misuse, closest
from triton_data.jail.standing.start import serves
from triton_data.records import Drop, Origin, Verdict, digest
from triton_data.verify.bench.bench import Bench, open_bench
from triton_data.verify.judge.judgement import PROTOCOL, Judgement

_DYNAMOS = re.compile(r"torch\._(dynamo|inductor)|torch\.compile")  # each task would load it by itself


def verify_files(
    reference: Path,
    candidate: Path,
    device: str,
    protocol: int,
    externs: tuple[str, ...],
    timed: bool,
    allow_unsafe: bool,
    sanitized: tuple[str, ...] = (),
    repro: Path | None = None,
) -> Judgement:
    texts = [_read(path) for path in (reference, candidate)]
    with _bench_of_one(device, allow_unsafe, texts) as bench:
        from triton_data.verify.judge.pair import verify_texts

        found = verify_texts(
            *texts, device=device, protocol=protocol, bench=bench, externs=externs, timed=timed, sanitized=sanitized
        )
    if repro is not None:
        _reproduce(found, reference, candidate, texts, repro)
    return found


@contextmanager
def _bench_of_one(device: str, allow_unsafe: bool, texts: list[str]) -> Iterator[Bench]:
    """Its jail loads while this process loads torch for itself. What `triton-data warm` keeps has everything."""
    single = not any(_DYNAMOS.search(text) for text in texts) and not serves()
    bench = open_bench(device, allow_unsafe, single=single)
    bench.jail.launch()
    try:
        import torch  # noqa: F401

        with bench:
            yield bench
    finally:
        bench.jail.close()


def _reproduce(found: Judgement, reference: Path, candidate: Path, texts: list[str], target: Path) -> None:
    from triton_data.verify.reading import subject
    from triton_data.without_run import repro

    names = subject.names(*texts)
    text = None if isinstance(names, Drop) else repro.script(found, reference, candidate, names[0], target.name)
    if text is not None:
        target.write_text(text, "utf-8")


def verify_kernel_file(path: Path, device: str, allow_unsafe: bool) -> Judgement:
    """A file with a launcher and its get_inputs(); the function that is called like the file, or the last one."""
    text = _read(path)
    with _bench_of_one(device, allow_unsafe, [text]) as bench:
        from triton_data.verify.judge.kernel_alone import verify_kernel
        from triton_data.verify.reading.launch_entry import named_like

        return verify_kernel(text, named_like(text, path.stem), device=device, bench=bench)


def _read(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise Misuse(f"cannot read {path}: {error}") from error


INDUCTOR = "torch._inductor"  # in a text: loaded once for all, as its own output imports it


@dataclass(frozen=True)
class Row:
    number: int
    reference: str
    candidate: str

    @property
    def key(self) -> str:
        return f"{self.number}:{digest(self.reference, self.candidate)[:12]}"


@dataclass
class Audit:
    """Not part of a run: its items are rows, its records Verdicts that go to the file beside them."""

    device: str
    protocol: int
    timeout: float
    allow_unsafe: bool
    inductor: bool = False  # its output is among them
    name: str = "audit"
    bench: Bench | None = None

    def resources(self) -> AbstractContextManager[object]:
        self.bench = open_bench(self.device, self.allow_unsafe, self.inductor)
        return self.bench

    def work(self, item: Row) -> Iterator[Verdict | Drop]:
        from triton_data.verify.judge.pair import verify_texts

        assert self.bench is not None, "work() runs while the stage is held"
        found = verify_texts(
            item.reference, item.candidate, device=self.device, protocol=self.protocol, bench=self.bench,
            seconds=self.timeout,
        )  # fmt: skip
        yield found.verdict(item.key, self.device, self.protocol, Origin("given"))


def audit(
    path: Path, columns: tuple[str, str], device: str, out: Path | None, limit: int | None, jobs: int | None,
    allow_unsafe: bool, timeout: float = 60.0, protocol: int = PROTOCOL,
) -> Iterator[dict[str, Any]]:  # fmt: skip
    """Every row that has no line in `out` yet; each result is there before the next one begins."""
    from triton_data.running.engine.local import GRACE
    from triton_data.running.engine.pool import load_ahead
    from triton_data.verify.stage import JUDGING
    from triton_data.without_run.extract import run_bare

    target = out or path.with_suffix(f".verdicts.{device}.jsonl")
    done = {row["row"] for row in finished(target)}
    rows = [row for row in _rows(path, columns, limit) if row.key not in done]
    inductor = any(INDUCTOR in row.candidate for row in rows)
    work = Audit(device, protocol, timeout, allow_unsafe, inductor)
    load_ahead(JUDGING if device == "cpu" else ())
    with target.open("a", encoding="utf-8") as file:
        for outcome in run_bare(work, rows, 4 * timeout + GRACE, jobs):
            for result in (*outcome.drops, *outcome.outputs):
                assert isinstance(result, Verdict | Drop)
                found = _line(outcome.item, result)
                file.write(json.dumps(found) + "\n")
                file.flush()
                yield found


def finished(target: Path) -> list[dict[str, Any]]:
    """The lines so far; a last one that was cut short is done again."""
    if not target.exists():
        return []
    found = []
    for line in target.read_text("utf-8").splitlines():
        try:
            found.append(json.loads(line))
        except ValueError:
            continue
    return found


def tally(rows: list[dict[str, Any]]) -> Counter[str]:
    return Counter("passed" if row["passed"] else str(row["reason"]) for row in rows)


def _line(item: str, result: Verdict | Drop) -> dict[str, Any]:
    head = {"row": item, "number": int(item.partition(":")[0])}
    if isinstance(result, Drop):
        return {**head, "passed": False, "reason": result.reason, "detail": result.detail}
    detail = "" if result.passed else dict(result.checks)["failed"]
    return {**head, "passed": result.passed, "reason": result.reason, "detail": detail}


def _rows(path: Path, columns: tuple[str, str], limit: int | None) -> Iterator[Row]:
    import pyarrow.parquet as parquet
    from pyarrow.lib import ArrowInvalid

    try:
        file = parquet.ParquetFile(path)
    except (OSError, ArrowInvalid) as error:
        raise Misuse(f"cannot read {path} as Parquet: {error}") from error
    known = file.schema_arrow.names
    for column in columns:
        if column not in known:
            raise Misuse(f"{path} has no column {column!r}{closest(column, known)}; it has {', '.join(known)}")
    number = 0
    for batch in file.iter_batches(batch_size=256, columns=list(columns)):
        for reference, candidate in zip(*(batch.column(name).to_pylist() for name in columns), strict=True):
            if limit is not None and number >= limit:
                return
            yield Row(number, reference or "", candidate or "")
            number += 1
