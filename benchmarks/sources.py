"""How fast discovery and fetching are over loopback, and what they ask of the server: 2,000 synthetic repositories.

Prints one line a way of fetching: repositories a second, CPU of our side for each (driver, workers and their git), API
requests a repository, bytes that crossed the wire beside the zipballs of the same commits, and resident memory of the
driver and of its largest child. The server (tests/sources/hub.py, with git http-backend behind it) runs on the same
machine and takes most of its cores, so the rates are a floor.

    python benchmarks/sources.py [REPOSITORIES]
"""

from __future__ import annotations

import contextlib
import io
import multiprocessing
import os
import platform
import random
import resource
import sys
import tempfile
import time
import zipfile
from multiprocessing.connection import Connection
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.sources.hub import FakeRepo, Hub, make_bare, serving

from triton_data import pipeline
from triton_data.config import Config, ScrapeConfig
from triton_data.records import SourceFile
from triton_data.store import Store

WORDS = [f"name_{i}" for i in range(500)]
TOKEN = "benchmark-token"


def synthetic(number: int, noise: bytes) -> FakeRepo:
    """Twelve Python files, a licence, and assets that nobody wants: two thirds of the bytes, as in real ones."""
    rng = random.Random(number)
    files = {f"pkg{i % 3}/m{i}.py": source(rng) for i in range(12)}
    files |= {"README.md": source(rng), "LICENSE": b"Permission is hereby granted, free of charge, to any person"}
    for i in range(4):
        start = rng.randrange(len(noise) // 2)
        files[f"assets/{i}.png"] = noise[start : start + rng.randrange(5_000, 50_000)]
    stars = 100 + int(rng.paretovariate(1.0) * 50)
    return FakeRepo(number, f"owner{number % 97}/repo{number}", stars, files, created=f"20{15 + number % 10}-06-01")


def source(rng: random.Random) -> bytes:
    lines = (" ".join(rng.choices(WORDS, k=6)) for _ in range(rng.randrange(20, 160)))
    return "".join(f"# {line}\n" for line in lines).encode()


def zipped(repo: FakeRepo) -> int:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, data in repo.files.items():
            archive.writestr(path, data)
    return len(out.getvalue())


def serve(pipe: Connection, count: int, root: Path) -> None:
    noise = random.Random(0).randbytes(4_000_000)
    repos = [synthetic(number, noise) for number in range(1, count + 1)]
    for repo in repos:
        make_bare(root, repo)
    hub = Hub(repos, root, TOKEN)
    with serving(hub) as base:
        pipe.send((base, sum(map(zipped, repos))))
        while pipe.recv():
            pipe.send((hub.api_requests(), hub.sent))
            hub.log.clear()
            hub.sent = 0


def measure(base: str, run: Path, way: str, count: int) -> float:
    scrape = ScrapeConfig(sources=("github:",), query="topic:triton", base_url=base, fetch=way)
    config = Config(run_dir=str(run), jobs=4, scrape=scrape)
    started = time.perf_counter()
    with contextlib.redirect_stderr(io.StringIO()):
        pipeline.execute(config, pipeline.GATHERING)
    seconds = time.perf_counter() - started
    with Store.read(run) as store:
        assert store.count(SourceFile) == 14 * count, f"{store.count(SourceFile)} files of {count} repositories"
    return seconds


def cpu() -> float:
    """Seconds of this process, its workers and their git; the server is a child that has not ended."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in used)


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 2000
    os.environ["GITHUB_TOKEN"] = TOKEN
    ours, theirs = multiprocessing.Pipe()
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        context = multiprocessing.get_context("spawn")
        server = context.Process(target=serve, args=(theirs, count, root), daemon=True)
        server.start()
        base, zips = ours.recv()
        print(f"python {platform.python_version()}, {os.cpu_count()} cores, {count} repositories, 4 fetchers")
        columns = (
            ("fetched by", 12),
            ("repos/s", 8),
            ("our CPU ms", 11),
            ("API/repo", 9),
            ("MB moved", 9),
            ("zipballs", 9),
        )
        print(*(f"{name:>{width}}" for name, width in (*columns, ("driver MiB", 11), ("child MiB", 10))))
        for way in ("archive", "git", "again"):
            before = cpu()
            seconds = measure(base, root / ("git" if way == "again" else way), "git" if way == "again" else way, count)
            ours.send(True)
            requests, sent = ours.recv()
            driver, child = (
                resource.getrusage(who).ru_maxrss / 1024 for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
            )
            ours_ms = (cpu() - before) / count * 1000
            print(
                f"{way:>12} {count / seconds:>8.1f} {ours_ms:>11.1f} {requests / count:>9.4f} {sent / 1e6:>9.1f}"
                f" {zips / 1e6:>9.1f} {driver:>11.1f} {child:>10.1f}",
                flush=True,
            )
        ours.send(False)
        server.join(10)


if __name__ == "__main__":
    main()
