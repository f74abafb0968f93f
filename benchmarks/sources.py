"""How fast discovery and fetching are over loopback, and what they ask of the server: 2,000 synthetic repositories.

Prints one line a way of fetching: repositories a second, CPU of our side for each (driver, workers and their git) and
the share of one core that this is, API requests a repository, bytes that crossed the wire beside the zipballs of the
same commits, and resident memory of the driver and of its largest child. The server (tests/sources/hub.py, with git
http-backend behind it) runs on the same machine and takes most of its cores, so the rates are a floor. The `far` lines
hold every answer back for 100 ms, as a network would: what is then left idle of our core says who is waiting for whom.

Last, the driver's memory after 1,000, 10,000 and 100,000 candidates went through the scrape stage with real workers;
these are refused before a connection is made, because only the driver is looked at.

    python benchmarks/sources.py [REPOSITORIES] [--driver-only]
"""

from __future__ import annotations

import contextlib
import io
import multiprocessing
import os
import platform
import random
import resource
import subprocess
import sys
import tempfile
import time
import zipfile
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.sources.hub import FakeRepo, Hub, make_bare, serving

from triton_data import pipeline
from triton_data.config import Config, ScrapeConfig
from triton_data.records import Candidate, Origin, Outcome, SourceFile
from triton_data.running.engine.local import LocalEngine
from triton_data.running.stage import run_stage
from triton_data.sources.scrape import ScrapeStage
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
        pipe.send((base, [zipped(repo) for repo in by_stars(repos)]))
        while (distance := pipe.recv()) is not None:
            hub.distance = distance
            hub.log.clear()
            hub.sent = 0
            pipe.send("ready")
            pipe.recv()
            pipe.send((hub.api_requests(), hub.sent))


def by_stars(repos: list[FakeRepo]) -> list[FakeRepo]:
    """As search gives them, so that a limited run brings in the first of these."""
    return sorted(repos, key=lambda repo: (-repo.stars, repo.id))


@dataclass(frozen=True)
class Way:
    name: str
    fetch: str
    distance: float = 0.0
    most: int = 0  # repositories; 0: all
    again: str = ""  # the way whose run is run once more


WAYS = (
    Way("archive", "archive"),
    Way("git", "git"),
    Way("git again", "git", again="git"),
    Way("archive, far", "archive", 0.1, 200),
    Way("git, far", "git", 0.1, 200),
)


def measure(base: str, root: Path, way: Way, count: int) -> float:
    scrape = ScrapeConfig(sources=("github:",), query="topic:triton", base_url=base, fetch=way.fetch, limit=way.most)
    run = root / (way.again or way.name)
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


def fetching(count: int, root: Path) -> None:
    ours, theirs = multiprocessing.Pipe()
    server = multiprocessing.get_context("spawn").Process(target=serve, args=(theirs, count, root), daemon=True)
    server.start()
    base, zips = ours.recv()
    columns = ("fetched by", 13), ("repos", 6), ("repos/s", 8), ("our CPU ms", 11), ("of a core", 10), ("API/repo", 9)
    more = ("MB moved", 9), ("zipballs", 9), ("driver MiB", 11), ("child MiB", 10)
    print(*(f"{name:>{width}}" for name, width in (*columns, *more)))
    for way in WAYS:
        number = min(way.most or count, count)
        ours.send(way.distance)
        ours.recv()
        before = cpu()
        seconds = measure(base, root, way, number)
        used = cpu() - before
        ours.send("done")
        requests, sent = ours.recv()
        driver, child = (
            resource.getrusage(who).ru_maxrss / 1024 for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
        )
        print(
            f"{way.name:>13} {number:>6} {number / seconds:>8.1f} {used / number * 1000:>11.1f} {used / seconds:>10.0%}"
            f" {requests / number:>9.4f} {sent / 1e6:>9.1f} {sum(zips[:number]) / 1e6:>9.1f} {driver:>11.1f}"
            f" {child:>10.1f}",
            flush=True,
        )
    ours.send(None)
    server.join(10)


def driver(root: Path) -> None:
    for count in (1_000, 10_000, 100_000):
        run = root / f"driver-{count}"
        scrape = ScrapeConfig(sources=("github:",), fetch="git")
        with Store.open(run) as store:
            for at in range(0, count, 1000):
                found = tuple(nowhere(number) for number in range(at, at + 1000))
                store.commit("discover", [Outcome(f"slice {at}", found)])
            started = time.perf_counter()
            with contextlib.redirect_stderr(io.StringIO()):
                summary = run_stage(ScrapeStage(scrape, run), store, LocalEngine(4))
            assert (summary.items, summary.drops) == (count, count)
        seconds = time.perf_counter() - started
        pages = int(Path("/proc/self/statm").read_text().split()[1])
        resident = pages * resource.getpagesize() / 2**20
        print(f"driver after {count:>7} candidates: {resident:.1f} MiB, {count / seconds:.0f} a second", flush=True)


def nowhere(number: int) -> Candidate:
    """Refused by the worker that takes it: no web address."""
    origin = Origin("github", f"owner{number}/repo", number, f"{number:040x}", url=f"ssh://h/owner{number}/repo")
    return Candidate("h", f"ssh://h/owner{number}/repo.git", "", "", origin)


def main() -> None:
    numbers = [int(word) for word in sys.argv[1:] if word.isdigit()]
    count = numbers[0] if numbers else 2000
    os.environ["GITHUB_TOKEN"] = TOKEN
    git = subprocess.run(["git", "--version"], capture_output=True, text=True, check=True).stdout.split()[-1]
    print(f"python {platform.python_version()}, git {git}, {os.cpu_count()} cores, 4 fetchers")
    with tempfile.TemporaryDirectory() as folder:
        driver(Path(folder))
        if "--driver-only" not in sys.argv:
            fetching(count, Path(folder))


if __name__ == "__main__":
    main()
